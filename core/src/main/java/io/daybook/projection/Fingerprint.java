package io.daybook.projection;

import io.daybook.readmodel.ReadModelSchema;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The parts of a projection that must not change within one version: the treatment of event types, the shape of the
 * classes, and the indexes.
 *
 * @param handled the event types with a handler, such as {@code Order/OrderCreated}
 * @param ignored the event types that are ignored by name
 * @param ignoresOthers the aggregate types whose other events are all ignored
 * @param shape the shape of the classes of documents and shares
 * @param indexes the indexes, those with several values with a {@code *}, and how the documents are listed
 */
record Fingerprint(Set<String> handled, Set<String> ignored, Set<String> ignoresOthers, String shape, String indexes) {

    Fingerprint {
        handled = new TreeSet<>(handled);
        ignored = new TreeSet<>(ignored);
        ignoresOthers = new TreeSet<>(ignoresOthers);
    }

    static Fingerprint of(Map<String, ? extends EventFold<?>> folds, String shape, ReadModelSchema schema) {
        Set<String> handled = new TreeSet<>();
        Set<String> ignored = new TreeSet<>();
        Set<String> ignoresOthers = new TreeSet<>();
        folds.forEach((aggregateType, fold) -> {
            fold.handledTypes().forEach(type -> handled.add(aggregateType + "/" + type));
            fold.ignoredTypes().forEach(type -> ignored.add(aggregateType + "/" + type));
            if (fold.ignoresOthers()) {
                ignoresOthers.add(aggregateType);
            }
        });
        Set<String> indexes = new TreeSet<>();
        schema.indexes()
                .forEach(index -> indexes.add(index + (schema.multiValued().contains(index) ? "*" : "")));
        Map<String, Set<String>> listings = new TreeMap<>();
        schema.listings().forEach((sort, filters) -> listings.put(sort, new TreeSet<>(filters)));
        return new Fingerprint(handled, ignored, ignoresOthers, shape, indexes + " " + listings);
    }

    private boolean ignores(String type) {
        return ignored.contains(type) || ignoresOthers.contains(type.substring(0, type.indexOf('/')));
    }

    /**
     * Checks that documents that were written under another fingerprint are still correct.
     *
     * @throws IllegalStateException if they are not; the message says to increase the version
     */
    void requireFits(String id, Fingerprint stored) {
        for (String type : stored.handled) {
            if (!handled.contains(type)) {
                throw changed(id, "does not handle " + type + ", which it handled before");
            }
        }
        for (String type : stored.ignored) {
            if (!handled.contains(type) && !ignores(type)) {
                throw changed(id, "does not know " + type + ", which it ignored before");
            }
        }
        for (String type : handled) {
            if (!stored.handled.contains(type) && stored.ignores(type)) {
                throw changed(id, "handles " + type + ", which it ignored before");
            }
        }
        if (!shape.equals(stored.shape)) {
            throw changed(id, "has a document class with a different shape than before");
        }
        if (!indexes.equals(stored.indexes)) {
            throw changed(id, "has the indexes " + indexes + " instead of " + stored.indexes);
        }
    }

    private static IllegalStateException changed(String id, String difference) {
        return new IllegalStateException("the projection " + id + " " + difference
                + ", so its documents would be wrong: increase its version to build new documents");
    }
}
