"""Rules of forecast.loading."""

import gc

import pytest

from forecast.loading import loading


@pytest.mark.parametrize("is_on", [True, False])
def test_loading_leaves_the_collector_as_it_was(is_on: bool) -> None:
    """Garbage is not looked for meanwhile, and afterwards as before, whatever was raised."""
    (gc.enable if is_on else gc.disable)()
    try:
        with pytest.raises(ImportError), loading():
            assert not gc.isenabled()
            raise ImportError
        assert gc.isenabled() == is_on
    finally:
        gc.enable()
