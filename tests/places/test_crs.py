"""The unit and the name of a coordinate system are what surveyors wrote, in either way of writing it."""

import struct

import pytest

from marrow.places.formats.crs import System, from_keys, from_wkt, to_keys

FOOT = 1200 / 3937
GLOBE = 'GEOGCS["NAD83",DATUM["D",SPHEROID["GRS 1980",6378137,298.257]],UNIT["degree",0.0174532925199433]]'


@pytest.mark.parametrize(("text", "wanted"), [
    (f'PROJCS["State Plane",{GLOBE},PROJECTION["L"],UNIT["US survey foot",{FOOT!r}],AUTHORITY["EPSG","2903"]]',
     System("State Plane (EPSG:2903)", FOOT, FOOT)),
    (f'COMPD_CS["both",PROJCS["P",{GLOBE},UNIT["foot",0.3048]],VERT_CS["NAVD88",UNIT["metre",1]]]',
     System("both", 0.3048, 1.0)),
    ('PROJCRS["UTM 17N",BASEGEOGCRS["W",ANGLEUNIT["degree",0.017]],CS[Cartesian,2],AXIS["e",east,'
     'LENGTHUNIT["metre",1]],AXIS["n",north,LENGTHUNIT["metre",1]],ID["EPSG",32617]]',
     System("UTM 17N (EPSG:32617)")),
    (GLOBE, System("NAD83", degrees=True)),
    ("nothing of the kind", System()), ('PROJCS["P",UNIT["foot",', System("P")), ('UNIT["x",nan]', System()),
    ("[" * 5000 + "]" * 9000, System()), ("", System())])
def test_truth_well_known_text_says_name_and_units(text, wanted):
    assert from_wkt(text) == wanted


@pytest.mark.parametrize("name", ["NAD83 / UTM zone 15N (EPSG:26915)", "somewhere", "EPSG:2994"])
@pytest.mark.parametrize("unit", [1.0, 0.3048, FOOT])
def test_law_keys_say_the_same_again(name, unit):
    told = from_keys(*to_keys(name, unit))
    assert told.unit == told.height == unit and not told.degrees
    assert told.name == name or told.name == f"unnamed ({name})"


def test_truth_keys_name_degrees_and_heights_in_feet():
    keys = struct.pack("<12H", 1, 1, 0, 2, 1024, 0, 1, 2, 4099, 0, 1, 9002)
    assert from_keys(keys, b"") == System("", 1.0, 0.3048, True)


def test_truth_broken_keys_say_nothing():
    for keys in (b"", b"\1\0", struct.pack("<8H", 1, 1, 0, 9, 3072, 34737, 60000, 60000), b"\xff" * 64):
        assert from_keys(keys, b"x").unit == 1.0


def test_truth_a_code_that_is_no_number_and_a_system_without_a_name_are_none():
    assert from_wkt('PROJCS["a",UNIT["metre",1],AUTHORITY["EPSG","²"]]').name == "a"
    assert from_keys(*to_keys("", 0.3048)) == System("", 0.3048, 0.3048)
