"""Models behind contracts: programs and servers of the test's own stand in for them; every failure is a sentence."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from marrow.bones.engines import plain, puppeteer, server, unirig
from marrow.bones.engines.puppeteer import open_puppeteer
from marrow.bones.engines.server import open_server
from marrow.bones.engines.unirig import open_unirig
from marrow.bones.formats.rignet import read_rignet
from marrow.bones.outside import run
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import EngineError, InputError
from marrow.forms.gltf_write import write_gltf
from marrow.media import Mesh, Rig, Skeleton, Skin
from marrow.progress import Cancelled, reporter

needs_shell = pytest.mark.skipif(not Path("/bin/bash").exists(), reason="needs bash")
BVH = "HIERARCHY\nROOT hips\n{{\nOFFSET 0 90 0\nCHANNELS 3 Xrotation Yrotation Zrotation\nEnd Site\n{{\n" \
      "OFFSET 0 50 0\n}}\n}}\nMOTION\nFrames: {frames}\nFrame Time: 0.0333333\n"


def box():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (0, 2) for z in (-1, 1)], np.float32)
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6],
                      [0, 6, 4], [1, 5, 7], [1, 7, 3]], np.int32)
    return Mesh(corners, faces, name="box")


def rigged(mesh):
    still = np.tile([1.0, 0, 0, 0], (2, 1))
    skeleton = Skeleton(("bone_0", "bone_1"), np.array([-1, 0], np.int32), np.array([[0, 0.2, 0], [0, 1.0, 0]]), still)
    bind = np.tile(np.eye(4), (2, 1, 1))
    bind[:, :3, 3] = fk(at_rest(skeleton))[0]
    joints = (mesh.vertices[:, 1:2] > 1).astype(np.int32)
    return Rig(skeleton, mesh, Skin(joints, np.ones((len(mesh.vertices), 1), np.float32), bind))


# Programs

def unirig_at(tmp_path, merge='cp "$HERE/answer.glb" "$6"'):
    """A folder that looks like UniRig's; its scripts write down what they were asked."""
    folder = tmp_path / "UniRig" / "launch" / "inference"
    folder.mkdir(parents=True)
    head = f'HERE="{tmp_path}"\necho "$(basename "$0") $(pwd) $@" >> "$HERE/asked"\n'
    (folder / "generate_skeleton.sh").write_text(head + 'test -s "$2" && echo bones > "$4"\n')
    (folder / "generate_skin.sh").write_text(head + 'grep -q bones "$2" && echo skin > "$4"\n')
    (folder / "merge.sh").write_text(head + 'grep -q skin "$2" || exit 9\n' + merge + "\n")
    return folder / "generate_skeleton.sh"


@needs_shell
def test_truth_unirig_is_asked_in_three_steps_and_its_answer_read(tmp_path):
    write_gltf(rigged(box()), tmp_path / "answer.glb")
    rig, remarks = open_unirig(unirig_at(tmp_path))(box(), landmarks={})
    assert rig.skeleton.names == ("bone_0", "bone_1")
    assert remarks == ()
    np.testing.assert_allclose(rig.skin.weights.sum(1), 1)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["generate_skeleton.sh", "generate_skin.sh", "merge.sh"]
    assert {line.split()[1] for line in asked} == {str((tmp_path / "UniRig").resolve())}
    assert asked[2].split()[2] == "--source"


@needs_shell
@pytest.mark.parametrize(("merge", "key"), [("exit 4", "outside.failed"), ("true", "model.nothing"),
                                            ('echo junk > "$6"', "model.nothing")])
def test_refuses_a_unirig_that_fails_and_says_who_did(tmp_path, merge, key):
    make = open_unirig(unirig_at(tmp_path, merge))
    with pytest.raises(EngineError) as caught:
        make(box(), landmarks={})
    assert caught.value.key == key
    assert "UniRig" in caught.value.tell("zh")


def test_refuses_clicks_and_programs_that_are_not_there(tmp_path):
    for opened, name in ((open_unirig, "generate_skeleton.sh"), (open_puppeteer, "rig.sh")):
        with pytest.raises(EngineError) as caught:
            opened(tmp_path / name)
        assert caught.value.key == "model.absent"
    with pytest.raises(EngineError) as caught:
        open_unirig(unirig_at(tmp_path))(box(), landmarks={"chin": (0, 1, 0)})
    assert caught.value.key == "model.no_clicks"


RIGNET = "joints a 0 0.2 0\njoints b 0 1.2 0\nroot a\nhier a b\n" + "".join(
    f"skin {vertex} a {share} b {1 - share}\n" for vertex, share in enumerate((1, .75, .5, .25, 1, 0, .5, 1)))


@needs_shell
def test_truth_puppeteer_is_given_our_vertices_and_its_words_are_read(tmp_path):
    (tmp_path / "answer.txt").write_text(RIGNET)
    program = tmp_path / "rig.sh"
    program.write_text(f'grep -c "^v " "$1" > "{tmp_path}/asked"; cp answer.txt "$2"\n')
    rig, _ = open_puppeteer(program)(box(), landmarks={})
    assert (tmp_path / "asked").read_text().strip() == "8"
    np.testing.assert_allclose(fk(at_rest(rig.skeleton))[0], [[0, 0.2, 0], [0, 1.2, 0]])
    np.testing.assert_allclose(rig.skin.weights[1, :2], [0.75, 0.25])
    assert rig.skin.joints[5, 0] == 1
    np.testing.assert_allclose(rig.skin.bind[1, :3, 3], [0, 1.2, 0])


def test_truth_joints_in_the_space_of_a_unit_body_are_brought_back(tmp_path):
    mesh = Mesh(box().vertices * 100 + (500, 0, 0), box().faces)
    path = tmp_path / "a.txt"
    path.write_text(RIGNET.replace("a 0 0.2 0", "a 0 -0.4 0").replace("b 0 1.2 0", "b 0 0.1 0"))
    rig = read_rignet(path, mesh)
    np.testing.assert_allclose(fk(at_rest(rig.skeleton))[0], [[500, 20, 0], [500, 120, 0]])


@pytest.mark.parametrize(("text", "key"), [
    ("", "rignet.line"), ("joints a 0 nan 0\nroot a\n", "rignet.line"), ("joints a 0 0\nroot a\n", "rignet.line"),
    ("once upon\n", "rignet.line"), ("joints a 0 0 0\njoints b 0 1 0\nroot a\nhier a b\nhier b a\n", "rignet.tree"),
    ("joints a 0 0 0\njoints b 0 1 0\nroot a\n", "rignet.tree"), ("joints a 0 0 0\nroot b\n", "rignet.tree"),
    ("joints a 0 9 0\njoints b 0 99 0\nroot a\nhier a b\n", "rignet.elsewhere"),
    ("joints a 0 1 0\nroot a\nskin 99 a 1\n", "rignet.skin"), ("joints a 0 1 0\nroot a\nskin 0 b 1\n", "rignet.skin"),
    ("joints a 0 1 0\nroot a\nskin 0 a\n", "rignet.skin"), ("joints a 0 1 0\nroot a\nskin -1 a 1\n", "rignet.skin")])
def test_refuses_words_that_are_no_rig(tmp_path, text, key):
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_rignet(path, box())
    assert caught.value.key == key
    assert caught.value.tell("zh")


def alive(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    time.sleep(0.1)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@needs_shell
def test_law_a_program_is_stopped_with_all_it_started(tmp_path):
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        run(["bash", "-c", f"sleep 60 & echo $! > {tmp_path}/child; echo busy; wait"], name="model", limit=0.4)
    assert caught.value.key == "outside.slow"
    assert "busy" in caught.value.tell("zh")
    assert time.monotonic() - begun < 5
    assert not alive(int((tmp_path / "child").read_text()))


@needs_shell
def test_law_cancelling_stops_a_program():
    def stop(*_what):
        raise Cancelled

    token = reporter.set(stop)
    try:
        with pytest.raises(Cancelled):
            run(["sleep", "60"], name="model", limit=30)
    finally:
        reporter.reset(token)


@needs_shell
def test_law_a_program_does_not_inherit_our_python(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    assert run(["bash", "-c", "echo ${PYTHONPATH-none} $MINE"], name="model", limit=9, keep={"MINE": "1"}) == "none 1"


# Servers

class Model(BaseHTTPRequestHandler):
    """A small model: what it answers depends on the words."""

    asked: ClassVar[list] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.loads(body) if self.headers["Content-Type"] == "application/json" else {
            key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()} | {"footage": len(body)}
        self.asked.append(said)
        frames = max(1, round(30 * float(said["seconds"])))
        bvh = (BVH.format(frames=frames) + "0 10 0\n" * frames).encode()
        match said["words"]:
            case "later":
                self.answer(202, json.dumps({"poll": "/job", "done": 1, "total": 2}).encode())
            case "lost":
                self.answer(202, json.dumps({"poll": "http://192.0.2.1/job"}).encode())
            case "refuse":
                self.answer(400, json.dumps({"error": "我不会跳舞"}).encode())
            case "break":
                self.answer(500, b"<html>")
            case "away":
                self.send_response(302)
                self.send_header("Location", "http://192.0.2.1/")
                self.end_headers()
            case "pickle":
                self.answer(200, b"\x80\x04K\x01.")
            case "cut":
                self.answer(200, bvh[:-40])
            case "slow":
                time.sleep(1.3)
            case _:
                self.answer(200, bvh)

    def do_GET(self):
        self.answer(200, (BVH.format(frames=2) + "0 10 0\n" * 2).encode())

    def answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def model(tmp_path, monkeypatch):
    Model.asked.clear()
    monkeypatch.setattr(server, "PAUSE", 0.01)
    monkeypatch.setenv("http_proxy", "http://192.0.2.9:1")
    behind = HTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=behind.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    book = tmp_path / "motion.toml"
    book.write_text(f'url = "http://127.0.0.1:{behind.server_port}/motion"\nlimit = 1\n', "utf-8")
    yield open_server(book)
    behind.shutdown()
    behind.server_close()


def test_truth_words_become_a_motion(model):
    told = []
    token = reporter.set(lambda *what: told.append(what[0]))
    try:
        motion = model("an old man walks", None, seconds=2.0, seed=7)
    finally:
        reporter.reset(token)
    assert len(motion.rotations) == 60
    assert Model.asked == [{"words": "an old man walks", "seconds": 2.0, "seed": 7}]
    assert told[0].startswith("bones.motion → 127.0.0.1:")


def test_truth_footage_is_sent_as_it_is(model, tmp_path):
    (tmp_path / "walk.mp4").write_bytes(b"film" * 1000)
    motion = model("走", tmp_path / "walk.mp4", seconds=1.0, seed=0)
    assert len(motion.rotations) == 30
    assert Model.asked == [{"words": "走", "seconds": "1.0", "seed": "0", "footage": 4000}]


def test_truth_a_job_is_waited_for(model):
    assert len(model("later", None, seconds=9.0, seed=0).rotations) == 2


@pytest.mark.parametrize(("words", "key"), [
    ("refuse", "server.refused"), ("break", "server.refused"), ("away", "server.refused"), ("pickle", "server.answer"),
    ("cut", "server.answer"), ("lost", "server.answer"), ("slow", "server.slow")])
def test_refuses_whatever_goes_wrong_at_the_server(model, words, key):
    with pytest.raises(EngineError) as caught:
        model(words, None, seconds=1.0, seed=0)
    assert caught.value.key == key
    if words == "refuse":
        assert "我不会跳舞" in caught.value.tell("zh")


def test_refuses_a_server_that_is_not_there(tmp_path):
    book = tmp_path / "motion.toml"
    book.write_text('url = "http://127.0.0.1:9/motion"\n')
    with pytest.raises(EngineError) as caught:
        open_server(book)("walk", None, seconds=1.0, seed=0)
    assert caught.value.key == "server.away"


def test_refuses_to_send_anything_to_another_machine_unasked(tmp_path):
    book = tmp_path / "motion.toml"
    for address in ("http://192.168.1.7:8100/", "https://example.com/motion", "http://[2001:db8::1]:80/"):
        book.write_text(f'url = "{address}"\n')
        with pytest.raises(EngineError) as caught:
            open_server(book)
        assert caught.value.key == "server.leaves"
        book.write_text(f'url = "{address}"\nleaves = true\n')
        open_server(book)
    book.write_text('url = "http://localhost:8100/"\n')
    open_server(book)


@pytest.mark.parametrize("text", ["", "url = 5", "url =", 'url = "ftp://127.0.0.1/"',
                                  'url = "http://127.0.0.1/"\nlimit = -1', 'url = "http:///motion"',
                                  'url = "http://127.0.0.1/"\nlimit = "x"'])
def test_refuses_a_file_that_describes_no_server(tmp_path, text):
    book = tmp_path / "motion.toml"
    book.write_text(text)
    with pytest.raises(InputError) as caught:
        open_server(book)
    assert caught.value.key == "server.form"


def test_shape_cards_say_what_a_person_needs_to_choose():
    for module in (puppeteer, unirig, server):
        card = module.engine
        assert card.about != card.about_zh
        assert card.licence
        assert card.weights
    assert not server.engine.offline


def test_law_the_plain_way_to_bind_keeps_the_contract():
    pytest.importorskip("igl")
    bare = rigged(box())
    rig = plain.bind.open()(bare.mesh, bare.skeleton, influences=4)
    assert rig.skin.joints.shape == rig.skin.weights.shape
    assert rig.skin.joints.shape[1] <= 4
    np.testing.assert_allclose(rig.skin.weights.sum(1), 1, atol=1e-5)
