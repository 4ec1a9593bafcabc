"""How explanations call the terms of a weight that are no comparison."""

from customer360.matching.model import PartyType

NAME = "how common the full name is"
PRIOR = "chance that two records are one party at all"
RELATIVE = {
    PartyType.PERSON: "could be a relative or flatmate instead",
    PartyType.ORGANIZATION: "could be another company of the group instead",
}
