package io.daybook.process;

import io.daybook.DaybookException;

/**
 * Thrown if this version of the program may be too old for an instance: it has no handler for a timer, or does not know
 * the version of the state.
 */
final class NewerProgramException extends DaybookException {

    private static final long serialVersionUID = 1L;

    NewerProgramException(String message) {
        super(message);
    }
}
