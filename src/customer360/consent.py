"""What consent is about: the words that models, published functions and tests share."""

from enum import StrEnum


class Purpose(StrEnum):
    """What the data of a customer may be used for."""

    # offers and news that nobody needs to get what they bought
    MARKETING = "marketing"
    # messages about what somebody bought, uses or asked for
    SERVICE = "service"
    # counting and measuring
    ANALYTICS = "analytics"
    # what is shown depends on who looks, profiles included
    PERSONALIZATION = "personalization"
    # surveys
    RESEARCH = "research"
    # passing data on to others
    SHARING = "sharing"


class Channel(StrEnum):
    """How a customer is reached."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    POST = "post"
    PUSH = "push"
    WEB = "web"
