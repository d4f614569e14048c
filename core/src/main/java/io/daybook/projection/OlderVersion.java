package io.daybook.projection;

import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The reads of an older version, whose documents are converted to those of a newer one.
 *
 * @param availability the availability of the older version
 * @param get reads one document
 * @param find lists documents
 */
record OlderVersion<D>(
        Availability availability,
        BiFunction<String, ConsistencyToken, Optional<ReadDocument<D>>> get,
        BiFunction<Filter, ConsistencyToken, Page<ReadDocument<D>>> find) {

    OlderVersion<D> of(Availability newer) {
        if (!availability.schema().name().equals(newer.schema().name())
                || availability.schema().version() >= newer.schema().version()) {
            throw new IllegalArgumentException(
                    "the read model " + newer.schema().id() + " cannot be read from "
                            + availability.schema().id() + ": use an older version of the same name");
        }
        return this;
    }

    /** Returns whether this version answers reads in place of a newer version. */
    boolean answersFor(Availability newer) {
        return !newer.isActive() && !availability.isDropped();
    }

    /**
     * Returns whether this version lists documents in place of a newer version. A list continues to its end in the
     * version in which it began.
     */
    boolean answersFor(Availability newer, Filter filter) {
        return filter.next().isEmpty() ? answersFor(newer) : !availability.isDropped() && began(filter);
    }

    private boolean began(Filter filter) {
        try {
            return PagePosition.of(availability.schema(), filter).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
