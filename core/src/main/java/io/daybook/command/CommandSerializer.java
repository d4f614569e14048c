package io.daybook.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.Upcaster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands as JSON, and what identifies the content of one. */
final class CommandSerializer {

    private static final MessageDigest SHA_256 = sha256();

    private final Map<Class<?>, VersionedJson.Type> types = new HashMap<>();
    private final VersionedJson json;

    /**
     * Binds commands and upcasters together.
     *
     * @param commands the classes, with the mapper of each
     * @param upcasters how older versions become the next; in any order
     * @throws IllegalArgumentException if two commands have the same name, or an upcaster leads to no command
     */
    CommandSerializer(Map<Class<? extends Command>, ObjectMapper> commands, Collection<Upcaster> upcasters) {
        Map<ObjectMapper, ObjectMapper> canonical = new HashMap<>();
        Map<String, Class<?>> byName = new HashMap<>();
        commands.forEach((command, mapper) -> {
            String name = nameOf(command);
            Class<?> other = byName.putIfAbsent(name, command);
            if (other != null) {
                throw new IllegalArgumentException("the command type " + name + " is used by both " + other.getName()
                        + " and " + command.getName() + ": name one of them with @CommandType");
            }
            types.put(
                    command,
                    new VersionedJson.Type(
                            name,
                            versionOf(command),
                            command,
                            canonical.computeIfAbsent(mapper, CommandSerializer::canonical)));
        });
        json = new VersionedJson(
                types.values(),
                upcasters.stream()
                        .map(upcaster -> new VersionedJson.Upcast(
                                upcaster.type(), upcaster.version(), upcaster.newType(), upcaster.change()))
                        .toList());
    }

    private static ObjectMapper canonical(ObjectMapper mapper) {
        ObjectMapper canonical = mapper.copy()
                .registerModule(new SimpleModule("daybook-ordered-sets").addSerializer(new OrderedSetSerializer()))
                .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
        return canonical.setConfig(
                canonical.getSerializationConfig().with(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true));
    }

    private static String nameOf(Class<? extends Command> command) {
        CommandType annotation = command.getAnnotation(CommandType.class);
        return annotation == null ? command.getSimpleName() : annotation.value();
    }

    static int versionOf(Class<? extends Command> command) {
        CommandType annotation = command.getAnnotation(CommandType.class);
        return annotation == null ? 1 : annotation.version();
    }

    String typeName(Class<? extends Command> command) {
        VersionedJson.Type known = types.get(command);
        return known == null ? nameOf(command) : known.name();
    }

    /** SHA-256 over the type's name and the JSON with properties, map entries and sets in a fixed order. */
    String fingerprint(Command command) {
        String name = typeName(command.getClass());
        try {
            MessageDigest sha256 = (MessageDigest) SHA_256.clone(); // much faster than to look it up anew
            sha256.update(name.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            sha256.update(json.write(command));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256.digest());
        } catch (VersionedJson.UnreadableException e) {
            throw new IllegalStateException(
                    "the command " + name + " cannot be written as JSON, at " + e.path() + ": " + e.getMessage(), e);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of every Java platform can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    Command read(String type, int version, byte[] data) {
        try {
            return (Command) json.read(type, version, data);
        } catch (VersionedJson.UnreadableException e) {
            if (e.unknownType()) {
                throw new NoHandlerException(type, version);
            }
            throw new CommandValidationException(
                    type, List.of(new Violation(e.path(), "cannot be read: " + e.getMessage())));
        }
    }

    /** Writes the elements of a set in the order of their JSON: a set's own order may differ from run to run. */
    private static final class OrderedSetSerializer extends StdSerializer<Set<?>> {

        private static final long serialVersionUID = 1L;

        OrderedSetSerializer() {
            super(TypeFactory.defaultInstance().constructCollectionType(Set.class, Object.class));
        }

        @Override
        public void serialize(Set<?> set, JsonGenerator json, SerializerProvider provider) throws IOException {
            ObjectMapper mapper = (ObjectMapper) json.getCodec();
            List<String> elements = new ArrayList<>();
            for (Object element : set) {
                elements.add(mapper.writeValueAsString(element));
            }
            Collections.sort(elements);
            json.writeStartArray();
            for (String element : elements) {
                json.writeRawValue(element);
            }
            json.writeEndArray();
        }
    }
}
