"""The landing folder as SQL: every extract a view, every record accounted for."""

from customer360.landing.catalog import prepare
from customer360.landing.deliveries import Deliveries, Delivery
from customer360.landing.errors import LandingError

__all__ = ["Deliveries", "Delivery", "LandingError", "prepare"]
