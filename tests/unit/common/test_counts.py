"""Counting for /metrics: in files that processes hand on, with few values of labels, and no limit on nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from goqueue_common.metrics.bounded_labels import BoundedLabels
from goqueue_common.metrics.catalogue import HTTP_REQUESTS, HTTP_SECONDS, JOB_SECONDS, JOBS_ENQUEUED, JOBS_FINISHED
from goqueue_common.metrics.count_file import SIZE, CountFile, read
from goqueue_common.metrics.count_folder import CountFolder
from goqueue_common.metrics.counts import Counts
from goqueue_common.metrics.family import Sample

GET_JOBS = ("GET", "/jobs", "2xx")


@pytest.fixture
def folder(tmp_path: Path) -> CountFolder:
    return CountFolder(tmp_path)


def numbers(folder: CountFolder) -> dict[tuple[str, tuple[str, ...]], list[float]]:
    return {(sample.family.name, sample.labels): list(sample.numbers) for sample in folder.samples()}


def test_a_successor_goes_on_with_what_was_counted(folder: CountFolder) -> None:
    Counts(folder.file(0)).add(HTTP_REQUESTS, GET_JOBS, 3)
    successor = Counts(folder.file(0))
    successor.add(HTTP_REQUESTS, GET_JOBS)
    successor.observe(HTTP_SECONDS, ("GET", "/jobs"), 0.003)
    assert numbers(folder)[HTTP_REQUESTS.name, GET_JOBS] == [4.0]
    assert sum(numbers(folder)[HTTP_SECONDS.name, ("GET", "/jobs")][:-1]) == 1.0


def test_a_successor_has_no_room_of_its_own_for_further_queues(folder: CountFolder) -> None:
    for life in range(4):
        counts = Counts(folder.file(0))
        for number in range(150):
            counts.add(JOBS_ENQUEUED, (f"q{life}-{number}", "t"))
            counts.observe(JOB_SECONDS, (f"q{life}-{number}",), 1.0)
    found = numbers(folder)
    assert len(found) == 2 * (100 + 1)
    assert found[JOBS_ENQUEUED.name, ("other", "t")] == [4 * 150.0 - 100]
    assert sum(sum(values[:-1]) for (name, _), values in found.items() if name == JOB_SECONDS.name) == 4 * 150


def test_processes_are_added_up(folder: CountFolder) -> None:
    for seat in range(3):
        counts = Counts(folder.file(seat))
        counts.add(HTTP_REQUESTS, GET_JOBS, seat + 1)
        counts.observe_all(JOB_SECONDS, ("emails",), [0.0015, 0.0015, 4000.0])
    assert numbers(folder)[HTTP_REQUESTS.name, GET_JOBS] == [6.0]
    *buckets, total = numbers(folder)[JOB_SECONDS.name, ("emails",)]
    assert (buckets[1], buckets[-2], sum(buckets)) == (6.0, 3.0, 9.0)
    assert total == pytest.approx(3 * 4000.003)


def test_one_by_one_and_together_are_the_same(folder: CountFolder) -> None:
    values = [0.0, 0.0005, 0.001, 0.3, 0.3, 59.0, 1e9]
    single, many = Counts(), Counts()
    for value in values:
        single.observe(JOB_SECONDS, ("q",), value)
    many.observe_all(JOB_SECONDS, ("q",), values)
    assert [sample.numbers for sample in single.samples()] == [sample.numbers for sample in many.samples()]


def test_an_entry_is_seen_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    file = CountFile(path)
    for number in range(50):
        place = file.place(("some_total", (f'é\n"{number}', "")), 3)
        file.numbers[place + 2] = float(number)
        found = read(path)
        assert found == list(file.entries())
        assert found[-1] == (("some_total", (f'é\n"{number}', "")), [0.0, 0.0, float(number)])


def test_a_file_that_is_only_being_made_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_bytes(b"")
    assert read(path) == []


def test_a_full_file_keeps_what_it_has_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    file = CountFile(path)
    wide = SIZE // 8 // 10
    for number in range(20):
        file.numbers[file.place((f"m{number}", ()), wide if number < 10 else 20)] += 1.0
    assert path.stat().st_size == SIZE
    kept = [name for (name, _), numbers in read(path) if numbers[0] == 1.0]
    assert kept[:9] == [f"m{number}" for number in range(9)]
    assert read(path) == list(CountFile(path).entries())


def test_without_room_in_memory_the_process_counts_for_itself_and_says_so(tmp_path: Path) -> None:
    with capture_logs() as lines:
        counts = Counts(tmp_path / "missing" / "0.counts")
    counts.add(HTTP_REQUESTS, GET_JOBS)
    assert [line["event"] for line in lines] == ["counts_not_shared"]
    assert list(counts.samples()) == [Sample(HTTP_REQUESTS, GET_JOBS, [1.0])]


def test_the_hundred_and_first_queue_is_other_in_every_metric() -> None:
    counts = Counts()
    for number in range(150):
        counts.add(JOBS_FINISHED, (f"q{number}", "completed"))
    counts.add(JOBS_FINISHED, ("q7", "failed"))
    counts.observe(JOB_SECONDS, ("q7",), 1.0)
    counts.observe(JOB_SECONDS, ("q149",), 1.0)
    found = {(sample.family.name, sample.labels): sample.numbers for sample in counts.samples()}
    assert len(found) == 100 + 1 + 1 + 2
    assert found[JOBS_FINISHED.name, ("other", "completed")] == [50.0]
    assert found[JOBS_FINISHED.name, ("q7", "failed")] == [1.0]
    assert (JOB_SECONDS.name, ("other",)) in found
    assert (JOB_SECONDS.name, ("q149",)) not in found


def test_pairs_of_queue_and_type_are_bounded_too() -> None:
    labels = BoundedLabels(most=100, most_pairs=10)
    pairs = {labels.fit(JOBS_ENQUEUED.labels, (f"q{number % 5}", f"t{number}")) for number in range(60)}
    assert len(pairs) == 11
    assert ("other", "other") in pairs
    assert labels.fit(JOBS_ENQUEUED.labels, ("q0", "t0")) == ("q0", "t0"), "what was known stays known"


def test_labels_that_nobody_chooses_are_not_bounded() -> None:
    labels = BoundedLabels(most=1, most_pairs=1)
    rules = [("GET", f"/{number}", "2xx") for number in range(5)]
    assert [labels.fit(HTTP_REQUESTS.labels, rule) for rule in rules] == rules


def test_a_folder_is_for_its_user_alone_and_removed_at_the_end(folder: CountFolder) -> None:
    Counts(folder.file(0))
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.file(0).stat().st_mode & 0o777 == 0o600
    folder.remove()
    assert not folder.path.exists()
    assert list(folder.samples()) == []


def test_what_a_killed_service_left_is_removed_by_the_next_and_the_living_is_left_alone(tmp_path: Path) -> None:
    alive = CountFolder(tmp_path)
    abandoned = tmp_path / "goqueue-counts-abandoned"
    abandoned.mkdir()
    (abandoned / "lock").touch()
    (abandoned / "0.counts").touch()
    unrelated = tmp_path / "goqueue-counts-begun"
    unrelated.mkdir()
    CountFolder(tmp_path)
    assert alive.path.exists()
    assert not abandoned.exists()
    assert unrelated.exists(), "it has no lock yet: somebody is just making it"
