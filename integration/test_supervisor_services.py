"""The supervisor's records of containers and namespaces, called over ttrpc byte by byte."""

import pytest

from harness.supervisor import Supervisor
from harness.ttrpc import EXISTS, INVALID, NOT_FOUND, PRECONDITION, field, fields

SPEC = b'{"ociVersion":"1.0.2","root":{"path":"/nowhere"}}'


@pytest.fixture
def supervisor(tmp_path):
    one = Supervisor(tmp_path)
    one.start()
    yield one
    one.end()


def container(name, **labels):
    pairs = [field(5, [field(1, key), field(2, value)]) for key, value in labels.items()]
    return [field(1, "n"), field(2, name), field(3, "image"), *pairs, field(8, SPEC)]


def test_a_container_is_kept_over_a_restart_until_it_is_deleted(supervisor):
    assert supervisor.call("Containers", "Create", *container("web"))[0] == 0
    assert supervisor.call("Containers", "Create", *container("web"))[0] == EXISTS
    supervisor.end()
    supervisor.start()
    code, answer = supervisor.call("Containers", "Get", field(1, "n"), field(2, "web"))
    assert code == 0 and dict(answer)[8] == SPEC
    assert supervisor.call("Containers", "Delete", field(1, "n"), field(2, "web"))[0] == 0
    assert supervisor.call("Containers", "Get", field(1, "n"), field(2, "web"))[0] == NOT_FOUND
    assert supervisor.call("Containers", "Delete", field(1, "n"), field(2, "web"))[0] == NOT_FOUND


def test_filters_choose_containers(supervisor):
    for name, app in (("a", "db"), ("b", "web"), ("c", "dbx")):
        assert supervisor.call("Containers", "Create", *container(name, app=app))[0] == 0
    assert supervisor.ids() == ["a", "b", "c"]
    assert supervisor.ids("id==b") == ["b"]
    assert supervisor.ids('labels."app"~=^db') == ["a", "c"]
    assert supervisor.ids("labels.app~=^db,id!=a") == ["c"]
    assert supervisor.ids("id==a", "id==b") == ["a", "b"]
    assert supervisor.ids("labels.other") == []
    for bad in ("", "id==", "id=a", 'id=="a', "id~=[", "id==a b,"):
        code, _ = supervisor.call("Containers", "List", field(1, "n"), field(2, bad))
        assert code == INVALID, bad


def test_labels_change(supervisor):
    supervisor.call("Containers", "Create", *container("web", a="1", b="2"))
    changes = [field(3, [field(1, "c"), field(2, "3")]), field(4, "a")]
    assert supervisor.call("Containers", "Label", field(1, "n"), field(2, "web"), *changes)[0] == 0
    assert supervisor.ids("labels.c==3,labels.b==2") == ["web"]
    assert supervisor.ids("labels.a") == []
    long = [field(3, [field(1, "d"), field(2, "x" * 4096)])]
    assert supervisor.call("Containers", "Label", field(1, "n"), field(2, "web"), *long)[0] == INVALID


def test_namespaces_are_those_that_were_made_and_those_in_use(supervisor):
    assert supervisor.call("Namespaces", "Create", field(1, "made"))[0] == 0
    assert supervisor.call("Namespaces", "Create", field(1, "made"))[0] == EXISTS
    assert supervisor.call("Namespaces", "Create", field(1, "../x"))[0] == INVALID
    supervisor.call("Containers", "Create", *container("web"))
    _, answer = supervisor.call("Namespaces", "List")
    assert [dict(fields(value))[1] for _, value in answer] == [b"made", b"n"]
    assert supervisor.call("Namespaces", "Delete", field(1, "n"))[0] == PRECONDITION
    assert supervisor.call("Namespaces", "Delete", field(1, "made"))[0] == 0
    assert supervisor.call("Namespaces", "Delete", field(1, "made"))[0] == NOT_FOUND


@pytest.mark.parametrize("name", ["", "../up", "a/b", "x" * 129])
def test_a_bad_name_makes_no_file(supervisor, name):
    code, _ = supervisor.call("Containers", "Create", field(1, "n"), field(2, name), field(8, SPEC))
    assert code == INVALID
    assert not list((supervisor.base / "root").rglob("*.json"))


def test_a_task_without_a_specification_needs_a_record(supervisor):
    assert supervisor.call("Tasks", "Create", field(1, "n"), field(2, "none"))[0] == NOT_FOUND
