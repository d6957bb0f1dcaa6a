/* The rules, in the order of the specification, one file each. */
#ifndef GRAPHQL_VALIDATION_RULES_H
#define GRAPHQL_VALIDATION_RULES_H

#include "graphql/validation/facts.h"

#define VALIDATION_RULES(RULE)                                                                     \
    RULE(ExecutableDefinitions, executable_definitions)                                            \
    RULE(KnownOperationTypes, known_operation_types)                                               \
    RULE(UniqueOperationNames, unique_operation_names)                                             \
    RULE(LoneAnonymousOperation, lone_anonymous_operation)                                         \
    RULE(SingleFieldSubscriptions, single_field_subscriptions)                                     \
    RULE(KnownTypeNames, known_type_names)                                                         \
    RULE(FragmentsOnCompositeTypes, fragments_on_composite_types)                                  \
    RULE(VariablesAreInputTypes, variables_are_input_types)                                        \
    RULE(ScalarLeafs, scalar_leafs)                                                                \
    RULE(FieldsOnCorrectType, fields_on_correct_type)                                              \
    RULE(UniqueFragmentNames, unique_fragment_names)                                               \
    RULE(KnownFragmentNames, known_fragment_names)                                                 \
    RULE(NoUnusedFragments, no_unused_fragments)                                                   \
    RULE(PossibleFragmentSpreads, possible_fragment_spreads)                                       \
    RULE(NoFragmentCycles, no_fragment_cycles)                                                     \
    RULE(UniqueVariableNames, unique_variable_names)                                               \
    RULE(NoUndefinedVariables, no_undefined_variables)                                             \
    RULE(NoUnusedVariables, no_unused_variables)                                                   \
    RULE(KnownDirectives, known_directives)                                                        \
    RULE(UniqueDirectivesPerLocation, unique_directives_per_location)                              \
    RULE(KnownArgumentNames, known_argument_names)                                                 \
    RULE(UniqueArgumentNames, unique_argument_names)                                               \
    RULE(ValuesOfCorrectType, values_of_correct_type)                                              \
    RULE(ProvidedRequiredArguments, provided_required_arguments)                                   \
    RULE(VariablesInAllowedPosition, variables_in_allowed_position)                                \
    RULE(OverlappingFieldsCanBeMerged, overlapping_fields_can_be_merged)                           \
    RULE(UniqueInputFieldNames, unique_input_field_names)

#define DECLARE_RULE(name, function) void graphql_rule_##function(struct validation *validation);
VALIDATION_RULES(DECLARE_RULE)
#undef DECLARE_RULE

#endif
