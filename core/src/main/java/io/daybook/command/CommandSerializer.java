package io.daybook.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.MappingCheck;
import io.daybook.json.ValueComparison;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.Upcaster;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A serializer that reads commands from JSON and computes the fingerprints of their content. */
final class CommandSerializer {

    private static final MessageDigest SHA_256 = lookUpSha256();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int NAME_BYTES = 6;

    private final Map<Class<?>, VersionedJson.Type> types = new HashMap<>();
    private final VersionedJson json;

    /**
     * Creates a serializer for commands.
     *
     * @param commands the command classes, with the mapper of each
     * @param upcasters convert an older version to the next; in any order
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
            MappingCheck.require(MappingCheck.Use.COMMAND, command, mapper);
            types.put(
                    command,
                    new VersionedJson.Type(
                            name,
                            versionOf(command),
                            sinceOf(command),
                            command,
                            canonical.computeIfAbsent(mapper, CanonicalMapper::of)));
        });
        json = new VersionedJson(
                types.values(),
                upcasters.stream()
                        .map(upcaster -> new VersionedJson.Upcast(
                                upcaster.type(), upcaster.version(), upcaster.newType(), upcaster.change()))
                        .toList());
    }

    private static String nameOf(Class<? extends Command> command) {
        CommandType annotation = command.getAnnotation(CommandType.class);
        return annotation == null ? command.getSimpleName() : annotation.value();
    }

    static int versionOf(Class<? extends Command> command) {
        CommandType annotation = command.getAnnotation(CommandType.class);
        return annotation == null ? 1 : annotation.version();
    }

    private static int sinceOf(Class<? extends Command> command) {
        CommandType annotation = command.getAnnotation(CommandType.class);
        return annotation == null ? 1 : annotation.since();
    }

    String typeName(Class<? extends Command> command) {
        VersionedJson.Type known = types.get(command);
        return known == null ? nameOf(command) : known.name();
    }

    /**
     * Returns the fingerprint of a command, such as {@code v2:…:…}: the version of the type, a hash of its name, and SHA-256 over the name
     * and the content. Commands of the same type but different versions cannot be compared; see {@code HandledCommand}.
     */
    String fingerprint(Command command) {
        Class<? extends Command> type = command.getClass();
        byte[] name = typeName(type).getBytes(StandardCharsets.UTF_8);
        MessageDigest sha256 = sha256();
        String ofName = BASE64.encodeToString(Arrays.copyOf(sha256.digest(name), NAME_BYTES));
        sha256.update(name);
        sha256.update((byte) 0);
        sha256.update(canonical(command).getBytes(StandardCharsets.UTF_8));
        return "v" + versionOf(type) + ":" + ofName + ":" + BASE64.encodeToString(sha256.digest());
    }

    private String canonical(Command command) {
        Class<? extends Command> type = command.getClass();
        VersionedJson.Type known = types.get(type);
        if (known == null) {
            throw new NoHandlerException(nameOf(type), versionOf(type), false);
        }
        CanonicalJson canonical =
                new CanonicalJson(known.mapper(), known.mapper().getFactory().streamWriteConstraints());
        try {
            json.write(command, canonical);
        } catch (VersionedJson.UnreadableException e) {
            if (canonical.hasUnpairedSurrogate()) {
                throw new CommandValidationException(
                        known.name(), List.of(new Violation(e.path(), "must not contain an unpaired surrogate")));
            }
            throw new IllegalStateException(
                    "the command " + type.getName() + " cannot be written as JSON for its fingerprint"
                            + (e.path().isEmpty() ? "" : ", at " + e.path()) + ": " + e.getMessage()
                            + ": use a type or serializer for that member that Jackson supports, or send the command without an idempotency key",
                    e);
        }
        return canonical.text();
    }

    private static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone(); // much faster than another lookup
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of every Java platform can be cloned", e);
        }
    }

    private static MessageDigest lookUpSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    EncodedCommand encode(Command command) {
        Class<? extends Command> type = command.getClass();
        if (!types.containsKey(type)) {
            throw new NoHandlerException(nameOf(type), versionOf(type), false);
        }
        String name = typeName(type);
        int version = versionOf(type);
        String difference;
        byte[] data;
        try {
            data = json.write(command);
            difference = ValueComparison.ofContent().difference(command, json.readBack(name, version, data));
        } catch (VersionedJson.UnreadableException e) {
            throw new IllegalArgumentException(
                    "the command " + type.getName() + " cannot be sent as JSON"
                            + (e.path().isEmpty() ? "" : ", at " + e.path()) + ": " + e.getMessage(),
                    e);
        }
        if (difference != null) {
            throw new IllegalArgumentException("the command " + type.getName()
                    + " changes when it is read back from JSON" + (difference.isEmpty() ? "" : ", at " + difference)
                    + ": use only members that JSON preserves exactly, such as the components of a record");
        }
        return new EncodedCommand(name, version, new String(data, StandardCharsets.UTF_8));
    }

    boolean knows(String typeName) {
        return types.values().stream().anyMatch(type -> type.name().equals(typeName));
    }

    Command read(String type, int version, byte[] data) {
        try {
            return (Command) json.read(type, version, data);
        } catch (VersionedJson.UnreadableException e) {
            if (e.unknownType()) {
                throw new NoHandlerException(type, version, true);
            }
            throw new CommandValidationException(
                    type, List.of(new Violation(e.path(), "cannot be read: " + e.getMessage())));
        }
    }
}
