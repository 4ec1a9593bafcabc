{% macro inputs_of(node, models, extracts) %}
{#- a view is what its inputs are when it is read, so that they are inputs of its readers, too -#}
{% for id in node.depends_on.nodes if id not in models %}
    {% if id in graph.sources %}
        {% set name = graph.sources[id].schema ~ '.' ~ graph.sources[id].identifier %}
        {% do extracts.append(name) if name not in extracts %}
    {% else %}
        {% do models.append(id) %}
        {% if graph.nodes[id].config.materialized == 'view' %}
            {% do inputs_of(graph.nodes[id], models, extracts) %}
        {% endif %}
    {% endif %}
{% endfor %}
{{ return({'models': models, 'extracts': extracts}) }}
{% endmacro %}
