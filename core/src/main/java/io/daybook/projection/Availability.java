package io.daybook.projection;

import io.daybook.readmodel.ReadModelSchema;
import java.util.function.Supplier;

/** The availability of one version of a read model, as this instance last read its state. */
record Availability(ReadModelSchema schema, Supplier<ReadModelState> state) {

    boolean isActive() {
        return state.get() == ReadModelState.ACTIVE;
    }

    boolean isDropped() {
        return state.get() == ReadModelState.DROPPED;
    }

    void requireActive() {
        require(isActive());
    }

    /** Requires that no documents are missing. */
    void requireComplete() {
        require(isActive() || state.get() == ReadModelState.CAUGHT_UP);
    }

    private void require(boolean isAvailable) {
        if (!isAvailable) {
            throw new ReadModelNotReadyException(schema.id(), state.get());
        }
    }
}
