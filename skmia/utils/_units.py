"""Units for people: rates are fractions in code, percent in prose."""


def percent(fraction):
    """Write a fraction in percent: 0.001 is "0.1 %"."""
    return f"{fraction * 100:g} %"
