"""What is told of this very process."""

import threading
import time

import pytest

from app.net import process
from app.net.process import SCREENS, process_condition


def test_threads_are_told_by_name_and_the_first_one_is_that_of_the_screens() -> None:
    done = threading.Event()
    helper = threading.Thread(target=done.wait, name="helper")
    helper.start()
    condition = process_condition(())
    done.set()
    helper.join()
    names = [thread.name for thread in condition.threads]
    assert SCREENS in names
    assert "helper" in names
    assert condition.memory is not None
    assert condition.memory > 1 << 20


def test_a_thread_has_used_what_its_own_clock_says() -> None:
    before = time.thread_time_ns()
    (own,) = (thread for thread in process_condition(()).threads if thread.name == SCREENS)
    assert before <= own.cpu <= time.thread_time_ns()


def test_the_clock_of_a_thread_that_is_not_there_is_an_error_and_no_crash() -> None:
    beyond_all = (1 << 22) + 1  # PID_MAX_LIMIT is 1 << 22
    with pytest.raises(OSError, match="Invalid argument"):
        time.clock_gettime_ns(process._clock_of(beyond_all))
