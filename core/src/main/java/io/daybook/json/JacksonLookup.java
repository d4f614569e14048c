package io.daybook.json;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import java.util.HashSet;
import java.util.Set;

/**
 * The serializers and deserializers that Jackson uses for a type. If Jackson rejects a type, the check fails with the
 * name of the member.
 */
final class JacksonLookup {

    private final MappingCheck check;
    private final ObjectMapper mapper;
    private final SerializerProvider provider;
    private final DeserializationContext context;
    private final Set<JavaType> visited = new HashSet<>();

    JacksonLookup(
            MappingCheck check, ObjectMapper mapper, SerializerProvider provider, DeserializationContext context) {
        this.check = check;
        this.mapper = mapper;
        this.provider = provider;
        this.context = context;
    }

    JsonSerializer<?> serializer(JavaType type, String where) {
        try {
            return provider.findValueSerializer(type, null);
        } catch (JsonMappingException | IllegalArgumentException e) {
            throw unusable(where, "written", e);
        }
    }

    JsonDeserializer<?> deserializer(JavaType type, String where) {
        try {
            return context.findContextualValueDeserializer(type, null);
        } catch (JsonMappingException | IllegalArgumentException e) {
            throw unusable(unreadableMember(type, where), "read", e);
        }
    }

    private RuntimeException unusable(String where, String done, Exception failure) {
        return check.failure(
                where,
                "cannot be " + done + " by Jackson (" + MappingCheck.reason(failure) + ")",
                "change the type or annotate it");
    }

    /**
     * Finds the member that cannot be read. Jackson creates the deserializers of all members together, and reports only the type that
     * failed.
     */
    private String unreadableMember(JavaType type, String where) {
        if (!visited.add(type) || JdkTypes.isJdk(type.getRawClass())) {
            return where;
        }
        for (BeanPropertyDefinition property :
                mapper.getSerializationConfig().introspect(type).findProperties()) {
            JavaType member = property.getPrimaryType();
            try {
                context.findRootValueDeserializer(member);
            } catch (JsonMappingException | IllegalArgumentException e) {
                return unreadableMember(member, type.getRawClass().getName() + "." + property.getName());
            }
        }
        return where;
    }

    JsonSerializer<?> contextual(JavaType type, BeanPropertyWriter writer, String where) {
        try {
            return provider.findPrimaryPropertySerializer(type, writer);
        } catch (JsonMappingException | IllegalArgumentException e) {
            throw unusable(where, "written", e);
        }
    }
}
