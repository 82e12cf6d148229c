"""Pictures: titles, photographs that move, video files made even; every frame at one exact rate and size."""
