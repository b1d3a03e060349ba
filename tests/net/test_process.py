"""What is told of this very process."""

import threading

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
