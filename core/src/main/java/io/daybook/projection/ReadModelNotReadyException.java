package io.daybook.projection;

import io.daybook.DaybookException;

/**
 * Thrown when a version of a read model cannot serve a request. A list requires a version that is complete and active,
 * a summary of a group requires a complete version, and a dropped version serves no documents. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class ReadModelNotReadyException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final ReadModelState state;

    /**
     * Creates the exception.
     *
     * @param id the name and the version, such as {@code order-summaries-1}
     * @param state the state of the version
     */
    public ReadModelNotReadyException(String id, ReadModelState state) {
        super("the read model " + id + " is " + state + ": "
                + switch (state) {
                    case CAUGHT_UP -> "activate it";
                    case DROPPED -> "rebuild it, or read another version";
                    default -> "retry later";
                });
        this.state = state;
    }

    /**
     * {@return the state of the version}
     */
    public ReadModelState state() {
        return state;
    }
}
