package io.daybook.shredding;

import io.daybook.DaybookException;

/**
 * Thrown on an attempt to store data of a subject whose key was destroyed. Nothing was stored, and no more data of that
 * subject can be stored. See {@link DaybookException} for how to distinguish failures.
 */
public final class SubjectShreddedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /** The name of the subject. */
    private final String subject;

    /**
     * Creates the exception. For key stores.
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
