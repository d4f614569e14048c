package io.daybook.shredding;

import io.daybook.DaybookException;

/**
 * The key of a subject was destroyed, so no more data of that subject can be stored. Nothing was.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class SubjectShreddedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /** The name of the subject. */
    private final String subject;

    /**
     * Creates the failure; for stores of keys.
     *
     * @param subject the subject whose key was destroyed
     */
    public SubjectShreddedException(String subject) {
        super("the key of the subject " + subject + " was destroyed: no more data of that subject can be stored");
        this.subject = subject;
    }

    /**
     * {@return the subject whose key was destroyed}
     */
    public String subject() {
        return subject;
    }
}
