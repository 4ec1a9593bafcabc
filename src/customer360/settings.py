"""The project's variables: their names, their allowed values, and the errors for anything else."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from customer360.landing.deliveries import Delivery
from customer360.matching.model import PartyType
from customer360.rules import FIELDS

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
InstanceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
# of consent, those for which somebody is addressed: each has its audience
AudiencePurpose = Literal["marketing", "service", "research"]
Shape = Literal[
    "party_records",
    "declared_links",
    "relationships",
    "orders",
    "order_lines",
    "carts",
    "shipments",
    "shipment_events",
    "returns",
    "payments",
    "opportunities",
    "quotes",
    "contracts",
    "campaign_members",
    "campaign_influences",
    "cases",
    "assets",
    "entitlements",
    "activities",
    "social_posts",
    "reviews",
    "appointments",
    "enrichment",
    "consent_events",
    "contact_point_events",
    "contact_suppressions",
    "steward_decisions",
    "known_parties",
    "pinned_values",
    "privacy_requests",
    "identity_signals",
    "organization_parents",
]
MAIN_INSTANCE = "main"

LinkType = Literal[
    "native_merge",
    "lead_conversion",
    "person_account_contact",
    "crm_id",
    "subscriber_key",
    "customer_number",
    "order_number",
    "user_id",
]
Attribute = Literal[
    "name",
    "name_reading",
    "organization_name",
    "birth_date",
    "gender",
    "email",
    "phone",
    "occupation",
    "address",
]
SurvivorshipRule = Literal["source_priority", "recency", "completeness", "frequency", "trust"]
SystemInstance = Annotated[str, Field(pattern=r"^[^/']+/[^/']+$")]
Bits = Annotated[float, Field(ge=-30, le=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Trust = Annotated[float, Field(gt=0, le=1)]
Days = Annotated[float, Field(gt=0, le=36_500)]
Cap = Annotated[int, Field(ge=1, le=1000)]
# default, system, system/instance or system/instance/object
SourcePlace = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[^/'\s]+){0,2}$")]
SourcePattern = Annotated[str, Field(pattern=r"^[^/'\s]+/[^/'\s]+/[^/'\s]+$")]
OverridableGate = Literal[
    "max_churn", "max_cluster_records", "max_lost_share", "landed_rows_add_up"
]
RecycledKeyPolicy = Literal["new_incarnation", "quarantine"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SettingsError(ValueError):
    """A variable is misspelt, missing or out of range; the message names it and what is allowed."""


class DeterministicRule(BaseModel):
    """One entry of `deterministic_rules`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[^':]{1,80}$")]
    party_type: Literal["person", "organization"]
    decision: Literal["same", "different"]
    agree: list[Name] = []
    differ: list[Name] = []

    @model_validator(mode="after")
    def _says_what_it_looks_at(self) -> "DeterministicRule":
        wanted, other = ("agree", "differ") if self.decision == "same" else ("differ", "agree")
        if not getattr(self, wanted) or getattr(self, other):
            raise ValueError(
                f"the rule {self.name!r} decides {self.decision!r}: it needs a list of fields under"
                f" {wanted!r}, and none under {other!r}"
            )
        known = list(FIELDS[PartyType(self.party_type)])
        for field in (*self.agree, *self.differ):
            near = difflib.get_close_matches(field, known, n=1, cutoff=0.8)
            if field not in known and near:
                raise ValueError(
                    f"the rule {self.name!r} names {field!r}; did you mean {near[0]!r}? The fields"
                    f" of a {self.party_type}: {', '.join(known)}; any other name is a type of"
                    " identifier, such as loyalty_number"
                )
        return self


class Settings(BaseModel):
    """Every variable of `dbt_project.yml`, validated.

    There are no defaults here: `dbt_project.yml` is the one place that has them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    systems: list[Name]
    instances: dict[Name, Annotated[list[InstanceName], Field(min_length=1)]]
    adapters: dict[Name, list[Shape]]
    deliveries: dict[SourcePlace, Delivery]
    marketing_cloud_utc_offset_hours: Annotated[int, Field(ge=-12, le=14)]
    marketing_cloud_crm: SystemInstance
    commerce_cloud_crm: SystemInstance
    active_subscribers_have_consented: bool
    web_session_timeout_minutes: Annotated[int, Field(ge=1, le=1440)]
    web_click_parameter: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    web_click_subscribers: SystemInstance
    max_names_per_value: dict[Name, Cap]
    birth_date_excess: Annotated[float, Field(ge=2, le=1000)]
    common_mail_domain_share: Annotated[float, Field(gt=0, le=1)]
    min_reading_share: Annotated[float, Field(gt=0, le=1)]
    common_name_records: Annotated[int, Field(ge=2, le=1000)]
    common_name_share: Annotated[float, Field(ge=0, le=0.01)]
    model_release: Annotated[int, Field(ge=1)]
    review_threshold_bits: Bits
    link_threshold_bits: Bits
    review_from_bits: Bits
    review_to_bits: Bits
    max_pairs_per_record: Annotated[float, Field(ge=1)]
    max_component_records: Annotated[int, Field(ge=10, le=2000)]
    declared_link_weights: dict[LinkType, Literal["trusted"] | Bits]
    deterministic_rules: list[DeterministicRule]
    max_records_per_rule_value: Annotated[int, Field(ge=2, le=100)]
    duplicate_free_sources: list[SourcePattern]
    duplicate_free_bits: Annotated[float, Field(gt=0, le=60)]
    source_priority: list[Name]
    survivorship: dict[Attribute, Annotated[list[SurvivorshipRule], Field(min_length=1)]]
    source_trust: dict[Name, Trust]
    trust_half_life_days: dict[Literal["default"] | Attribute, Days]
    max_household_members: Annotated[int, Field(ge=2, le=100)]
    # more than a month, so that nobody is lost in the month of a sale
    customer_lost_after_days: Annotated[int, Field(ge=31, le=3650)]
    max_churn: Share
    max_cluster_records: Annotated[int, Field(ge=2, le=100_000)]
    max_lost_share: dict[Literal["default"] | SourcePattern, Share]
    recycled_keys: dict[Literal["default"] | SourcePattern, RecycledKeyPolicy]
    personal_keys: list[SourcePattern]
    override_gates: dict[OverridableGate, Reason]
    erased_facts: Literal["keep", "delete"]
    segments: dict[Name, AudiencePurpose]
    backup_retention_days: Annotated[int, Field(ge=0, le=3650)]
    accept_landing_changes: dict[SourcePattern, Reason]
    max_extract_age_days: dict[Literal["default"] | SourcePattern, Annotated[float, Field(gt=0)]]
    actor: Annotated[str, Field(min_length=1)]
    wait_for_other_build_seconds: Annotated[int, Field(ge=0, le=86_400)]

    @model_validator(mode="after")
    def _thresholds_are_in_order(self) -> "Settings":
        if self.review_threshold_bits > self.link_threshold_bits:
            raise ValueError(
                f"review_threshold_bits ({self.review_threshold_bits}) must not be above "
                f"link_threshold_bits ({self.link_threshold_bits}): what links is also kept"
            )
        return self

    @model_validator(mode="after")
    def _doubt_is_a_range_of_kept_pairs(self) -> "Settings":
        if self.review_from_bits < self.review_threshold_bits:
            raise ValueError(
                f"review_from_bits ({self.review_from_bits}) must not be below "
                f"review_threshold_bits ({self.review_threshold_bits}): weaker pairs are not kept"
            )
        if self.review_from_bits > self.review_to_bits:
            raise ValueError(
                f"review_from_bits ({self.review_from_bits}) must not be above "
                f"review_to_bits ({self.review_to_bits})"
            )
        return self

    @model_validator(mode="after")
    def _every_attribute_has_a_rule(self) -> "Settings":
        missing = set(get_args(Attribute)) - set(self.survivorship)
        if missing:
            raise ValueError(f"survivorship says nothing about {', '.join(sorted(missing))}")
        for attribute, rules in self.survivorship.items():
            if len(set(rules)) != len(rules):
                raise ValueError(f"survivorship of {attribute} names a rule twice")
        for variable in ("source_trust", "trust_half_life_days"):
            if "default" not in getattr(self, variable):
                raise ValueError(f"{variable} says nothing about default")
        return self

    @model_validator(mode="after")
    def _every_identifier_type_has_a_cap(self) -> "Settings":
        missing = {"birth_date", "default"} - set(self.max_names_per_value)
        if missing:
            raise ValueError(f"max_names_per_value says nothing about {', '.join(sorted(missing))}")
        return self

    @model_validator(mode="after")
    def _every_source_has_an_allowance_and_a_policy(self) -> "Settings":
        if "default" not in self.max_lost_share:
            raise ValueError("max_lost_share says nothing about default")
        if "default" not in self.recycled_keys:
            raise ValueError("recycled_keys says nothing about default")
        if "default" not in self.max_extract_age_days:
            raise ValueError("max_extract_age_days says nothing about default")
        return self

    @model_validator(mode="after")
    def _every_source_delivers_somehow(self) -> "Settings":
        if "default" not in self.deliveries:
            raise ValueError("deliveries says nothing about default")
        return self

    @model_validator(mode="after")
    def _every_link_type_has_a_weight(self) -> "Settings":
        missing = ", ".join(sorted(set(get_args(LinkType)) - set(self.declared_link_weights)))
        if missing:
            raise ValueError(f"declared_link_weights says nothing about {missing}")
        return self

    @model_validator(mode="after")
    def _rules_have_names_of_their_own(self) -> "Settings":
        names = [rule.name for rule in self.deterministic_rules]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"deterministic_rules has two rules named {name!r}")
        return self

    @model_validator(mode="after")
    def _systems_have_adapters(self) -> "Settings":
        for variable, names in (
            ("systems", self.systems),
            ("instances", list(self.instances)),
            ("source_priority", self.source_priority),
            ("source_trust", [name for name in self.source_trust if name != "default"]),
        ):
            for name in names:
                if name not in self.adapters:
                    raise ValueError(
                        f"{variable} names {name!r}, which is no adapter; "
                        f"known adapters: {', '.join(sorted(self.adapters))}"
                    )
        for place in self.deliveries:
            system, _, rest = place.partition("/")
            instance = rest.partition("/")[0]
            if place != "default" and system not in self.adapters:
                raise ValueError(
                    f"deliveries names {system!r}, which is no adapter; "
                    f"known adapters: {', '.join(sorted(self.adapters))}"
                )
            if instance and instance not in self.instances_of(system):
                raise ValueError(
                    f"deliveries names {place!r}, but {system} has no instance {instance!r}; "
                    f"its instances: {', '.join(self.instances_of(system))}"
                )
        if len(set(self.systems)) != len(self.systems):
            raise ValueError("systems names a system twice")
        return self

    def instances_of(self, system: str) -> list[str]:
        """The instances of a connected system; `main` where none are registered."""
        return self.instances.get(system, [MAIN_INSTANCE])


def load_settings(project_vars: Mapping[str, Any], overrides: Mapping[str, Any]) -> Settings:
    """Validate the variables of a build.

    Args:
        project_vars: `vars` of `dbt_project.yml`.
        overrides: what the command line gives in `--vars`; it replaces whole variables.

    Raises:
        SettingsError: naming each variable that is wrong, its value, and what is allowed.

    """
    try:
        return Settings.model_validate({**project_vars, **overrides})
    except ValidationError as error:
        problems = _explain(error)
    # from here, since as its context pydantic's error would keep the variables of all callers,
    # among them DuckDB's, for good: the collector does not see through it
    raise SettingsError(problems)


def _explain(error: ValidationError) -> str:
    lines = ["The project's variables are not usable (dbt_project.yml or --vars):"]
    for problem in error.errors():
        path = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            hint = difflib.get_close_matches(path, list(Settings.model_fields), n=1)
            suggestion = f"; did you mean {hint[0]!r}?" if hint else ""
            lines.append(f"  - {path}: there is no such variable{suggestion}")
        elif problem["type"] == "missing":
            lines.append(f"  - {path}: is missing; dbt_project.yml must set it")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            given = f" (given: {problem['input']!r})" if path else ""
            lines.append(f"  - {path}: {message}{given}" if path else f"  - {message}")
    return "\n".join(lines)
