"""`python -m marrow` is `marrow`."""

from marrow.cli import main

raise SystemExit(main())
