"""What a learning curve says about more data: the dev error at more rows, with a calibrated interval."""

from dldiag.experiments.forecast.predict import HIGHEST, expected_gain, forecast, more_data_helps

__all__ = ["HIGHEST", "expected_gain", "forecast", "more_data_helps"]
