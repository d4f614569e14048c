package io.daybook.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.daybook.json.VersionedJson.UnreadableException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The path to a fault in JSON, by the names of properties, which come from classes. It contains neither values nor the keys of maps: both
 * are data, which Jackson's own messages quote.
 */
final class FaultPath {

    private FaultPath() {}

    /**
     * Returns the failure for a Jackson exception. Its message is kept only if it is about a class that Jackson cannot
     * handle.
     */
    static UnreadableException unreadable(Exception e, ObjectMapper mapper) {
        StringBuilder path = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference reference : mapping.getPath()) {
                if (reference.getFieldName() != null) {
                    path.append(path.isEmpty() ? "" : ".")
                            .append(isProperty(reference, mapper) ? reference.getFieldName() : "*");
                } else {
                    path.append('[').append(reference.getIndex()).append(']');
                }
            }
        }
        String kind = e.getClass().getSimpleName();
        if (e instanceof InvalidDefinitionException definition) {
            kind += " (" + definition.getOriginalMessage() + ")";
        }
        String location = e instanceof JsonProcessingException json && json.getLocation() != null
                ? " at line " + json.getLocation().getLineNr() + ", column "
                        + json.getLocation().getColumnNr()
                : "";
        return new UnreadableException(false, path.toString(), kind + location);
    }

    static UnreadableException refused(ExactJson.Fault fault, VersionedJson.Type bound, ObjectMapper mapper) {
        StringBuilder path = new StringBuilder();
        JavaType type = mapper.constructType(bound.javaClass());
        for (Object step : fault.path()) {
            if (step instanceof String name) {
                Optional<BeanPropertyDefinition> property = properties(type, mapper)
                        .filter(candidate -> candidate.getName().equals(name))
                        .findFirst();
                path.append(path.isEmpty() ? "" : ".").append(property.isPresent() || isTree(type) ? name : "*");
                type = property.map(BeanPropertyDefinition::getPrimaryType).orElse(type.getContentType());
            } else {
                path.append('[').append(step).append(']');
                type = type.getContentType();
            }
            type = type == null ? TypeFactory.unknownType() : type;
        }
        return new UnreadableException(false, path.toString(), fault.rule());
    }

    /** Returns whether the type is a tree. The names in a tree are part of its structure; the keys of a map are data. */
    private static boolean isTree(JavaType type) {
        return type.isTypeOrSubTypeOf(JsonNode.class) || type.isJavaLangObject();
    }

    private static Stream<BeanPropertyDefinition> properties(JavaType type, ObjectMapper mapper) {
        return Stream.of(
                        mapper.getDeserializationConfig().introspect(type),
                        mapper.getSerializationConfig().introspect(type))
                .flatMap(bean -> bean.findProperties().stream());
    }

    /** Returns whether a name comes from a class and not from the JSON. The key of a map is also data. */
    private static boolean isProperty(JsonMappingException.Reference reference, ObjectMapper mapper) {
        if (reference.getFrom() == null || reference.getFrom() instanceof Map) {
            return false;
        }
        JavaType type = mapper.constructType(
                reference.getFrom() instanceof Class<?> owner
                        ? owner
                        : reference.getFrom().getClass());
        return properties(type, mapper).anyMatch(property -> property.getName().equals(reference.getFieldName()));
    }
}
