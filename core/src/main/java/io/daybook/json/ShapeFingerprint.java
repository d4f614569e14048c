package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.ser.impl.UnknownSerializer;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fingerprint of a class's JSON shape. It is computed from the names and types of the class's members and,
 * recursively, of their members. It also depends on whether each class is written as an object with these members or in
 * another form, such as that of a custom serializer. Two programs with the same fingerprint can read each other's JSON,
 * and no member is missing. The fingerprint says nothing about the meaning of the members, or about the form that a
 * custom serializer writes.
 */
public final class ShapeFingerprint {

    private static final int BYTES = 12;

    private ShapeFingerprint() {}

    /**
     * Returns the fingerprint of a class.
     *
     * @param type the class
     * @param mapper the mapper, which determines the members of the class
     * @return 16 characters of base64url, the same in each run of a program
     */
    public static String of(Class<?> type, ObjectMapper mapper) {
        Map<String, String> shapes = new TreeMap<>();
        collect(mapper.constructType(type), mapper, shapes);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(shapes.toString().getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void collect(JavaType type, ObjectMapper mapper, Map<String, String> shapes) {
        for (int i = 0; i < type.containedTypeCount(); i++) {
            collect(type.containedType(i), mapper, shapes);
        }
        if (type.isArrayType()) {
            collect(type.getContentType(), mapper, shapes);
        }
        Class<?> raw = type.getRawClass();
        if (type.isContainerType()
                || raw.isEnum()
                || raw.isPrimitive()
                || raw.getName().startsWith("java.")) {
            return;
        }
        String name = type.toCanonical();
        if (shapes.putIfAbsent(name, "") != null) {
            return;
        }
        Map<String, String> members = new TreeMap<>();
        for (BeanPropertyDefinition property :
                mapper.getSerializationConfig().introspect(type).findProperties()) {
            JavaType member = property.getPrimaryType();
            members.put(property.getName(), member.toCanonical());
            collect(member, mapper, shapes);
        }
        shapes.put(name, isObject(type, mapper) ? members.toString() : "value " + members);
        Class<?>[] subclasses = raw.getPermittedSubclasses();
        if (subclasses != null) {
            for (Class<?> subclass : subclasses) {
                collect(mapper.constructType(subclass), mapper, shapes);
            }
        }
    }

    private static boolean isObject(JavaType type, ObjectMapper mapper) {
        try {
            JsonSerializer<?> serializer =
                    mapper.getSerializerProviderInstance().findValueSerializer(type, null);
            return serializer instanceof BeanSerializerBase || serializer instanceof UnknownSerializer;
        } catch (JsonMappingException | IllegalArgumentException e) {
            return true; // a subclass that is never written, or MappingCheck would have rejected it
        }
    }
}
