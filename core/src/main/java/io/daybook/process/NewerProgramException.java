package io.daybook.process;

/** Thrown if this program may be too old for a timer: it has no handler for it, or does not know the version of the state. */
final class NewerProgramException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NewerProgramException(String message) {
        super(message);
    }
}
