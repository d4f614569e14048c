package io.daybook.process;

import io.daybook.aggregate.AggregateAlreadyExistsException;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.DomainException;
import io.daybook.command.CommandNotAuthorizedException;
import io.daybook.command.CommandValidationException;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.StreamDeletedException;
import org.jspecify.annotations.Nullable;

/** The answer to a command that was sent. */
record Answer(Kind kind, String error, @Nullable RuntimeException failure) {

    enum Kind {
        ACCEPTED,
        REJECTED,
        /** The command may or may not have taken effect, perhaps in a newer program: it is sent again. */
        NONE
    }

    static final Answer ACCEPTED = new Answer(Kind.ACCEPTED, "", null);

    static Answer of(RuntimeException failure) {
        if (failure instanceof CommandIdReusedException) {
            return ACCEPTED; // its own key: a setting changed between two attempts, and the first was stored
        }
        if (failure instanceof CommandRejectedException recorded) {
            return new Answer(Kind.REJECTED, recorded.error(), failure); // as at the first attempt
        }
        boolean rejected = failure instanceof DomainException
                || failure instanceof CommandValidationException
                || failure instanceof CommandNotAuthorizedException
                || failure instanceof AggregateNotFoundException
                || failure instanceof AggregateAlreadyExistsException
                || failure instanceof StreamDeletedException
                || failure instanceof AppendTooLargeException;
        return new Answer(
                rejected ? Kind.REJECTED : Kind.NONE, failure.getClass().getName(), failure);
    }
}
