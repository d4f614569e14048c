package io.daybook.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.json.VersionedJson.UnreadableException;
import io.daybook.json.VersionedJson.Upcast;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The upcasters, chained from each older version to the current version of a type. */
final class UpcastChains {

    private record Key(String type, int version) {}

    private final Map<Key, Upcast> upcasters = new HashMap<>();
    private final Map<Key, String> ends = new HashMap<>();

    /**
     * Chains upcasters.
     *
     * @throws IllegalArgumentException if two upcasters have the same input version, an upcaster does not lead to a
     *     current type or has a current version as its input, or an upcaster is missing
     */
    UpcastChains(Collection<VersionedJson.Type> types, Collection<Upcast> upcasters) {
        Map<String, VersionedJson.Type> byName = new HashMap<>();
        types.forEach(type -> byName.put(type.name(), type));
        for (Upcast upcaster : upcasters) {
            if (this.upcasters.putIfAbsent(new Key(upcaster.type(), upcaster.version()), upcaster) != null) {
                throw new IllegalArgumentException(
                        "two upcasters convert " + upcaster.type() + " version " + upcaster.version() + ": keep one");
            }
        }
        for (Upcast upcaster : upcasters) {
            ends.put(new Key(upcaster.type(), upcaster.version()), end(upcaster, byName));
        }
        upcasters.forEach(upcaster -> refuseIdle(upcaster, byName));
        types.forEach(type -> requireUpcasters(type, type.name(), type.version(), upcasters));
    }

    /** Returns the name of the current type to which an older version is upcast. */
    Optional<String> endOf(String name, int version) {
        return Optional.ofNullable(ends.get(new Key(name, version)));
    }

    ObjectNode upcast(String name, int version, ObjectNode json) throws UnreadableException {
        ObjectNode node = json;
        Upcast upcaster = upcasters.get(new Key(name, version));
        while (upcaster != null) {
            node = upcast(upcaster, node);
            upcaster = upcasters.get(new Key(upcaster.newType(), upcaster.newVersion()));
        }
        return node;
    }

    private static ObjectNode upcast(Upcast upcaster, ObjectNode node) throws UnreadableException {
        ObjectNode upcast;
        try {
            upcast = upcaster.change().apply(node);
        } catch (RuntimeException e) {
            // The user's function may quote the data in its message, so only the kind of failure is reported.
            throw new UnreadableException(
                    false,
                    "",
                    "the upcaster of " + upcaster.type() + " version " + upcaster.version() + " failed with "
                            + e.getClass().getName());
        }
        if (upcast == null) {
            throw new UnreadableException(
                    false,
                    "",
                    "the upcaster of " + upcaster.type() + " version " + upcaster.version() + " returned null");
        }
        return upcast;
    }

    private static void requireUpcasters(
            VersionedJson.Type type, String name, int version, Collection<Upcast> upcasters) {
        if (version <= type.since()) {
            return;
        }
        List<Upcast> steps = upcasters.stream()
                .filter(step -> step.newType().equals(name) && step.newVersion() == version)
                .toList();
        if (steps.isEmpty()) {
            throw new IllegalArgumentException(type.javaClass().getName() + " is " + type.name() + " version "
                    + type.version() + ", but no upcaster leads to " + name + " version " + version
                    + ": add one that converts version " + (version - 1) + ", or set since = " + version
                    + " in its annotation if no older version exists");
        }
        steps.forEach(step -> requireUpcasters(type, step.type(), step.version(), upcasters));
    }

    /** Rejects an upcaster of the current version. It would never run, since that JSON is bound directly to its class. */
    private static void refuseIdle(Upcast upcaster, Map<String, VersionedJson.Type> byName) {
        VersionedJson.Type present = byName.get(upcaster.type());
        if (present != null && present.version() == upcaster.version()) {
            throw new IllegalArgumentException("an upcaster converts " + upcaster.type() + " version "
                    + upcaster.version() + ", for which a class is registered: remove the class or the upcaster");
        }
    }

    private String end(Upcast start, Map<String, VersionedJson.Type> byName) {
        Upcast last = start;
        Upcast next = start;
        while (next != null) {
            last = next;
            next = upcasters.get(new Key(last.newType(), last.newVersion()));
        }
        VersionedJson.Type end = byName.get(last.newType());
        if (end == null) {
            throw new IllegalArgumentException("the upcaster of " + start.type() + " version " + start.version()
                    + " leads to " + last.newType() + ", for which no class is registered: register one");
        }
        if (end.version() != last.newVersion()) {
            throw new IllegalArgumentException("the upcasters from " + start.type() + " version " + start.version()
                    + " end at " + last.newType() + " version " + last.newVersion() + ", but the class is at version "
                    + end.version() + ": add the missing upcaster, or fix the version of the class");
        }
        return end.name();
    }
}
