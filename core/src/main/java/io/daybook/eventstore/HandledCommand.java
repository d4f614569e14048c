package io.daybook.eventstore;

import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of a handled command in a store. The command was either accepted with events or rejected. Returned by
 * {@link EventStore#findCommand EventStore.findCommand}.
 *
 * @param commandId the id of the command
 * @param fingerprint identifies the content of the command
 * @param fromSequenceNumber the sequence number of the first event that the command raised; 0 if it was rejected
 * @param toSequenceNumber the sequence number of the last event that the command raised; 0 if it was rejected
 * @param rejection the class name of the exception with which the command was rejected; empty if it was accepted
 */
public record HandledCommand(
        String commandId,
        String fingerprint,
        long fromSequenceNumber,
        long toSequenceNumber,
        Optional<String> rejection) {

    private static final Logger log = LoggerFactory.getLogger(HandledCommand.class);
    private static final Pattern VERSIONED = Pattern.compile("v(?<version>\\d+):(?<type>[\\w-]+):[\\w-]+");

    /**
     * Creates the record of a command that was accepted.
     *
     * @param commandId the id of the command
     * @param fingerprint identifies the content of the command
     * @param fromSequenceNumber the sequence number of the first event that the command raised
     * @param toSequenceNumber the sequence number of the last event that the command raised
     */
    public HandledCommand(String commandId, String fingerprint, long fromSequenceNumber, long toSequenceNumber) {
        this(commandId, fingerprint, fromSequenceNumber, toSequenceNumber, Optional.empty());
    }

    /**
     * Creates the record of a command that was rejected.
     *
     * @param key the idempotency key of the command
     * @param error the class name of the exception with which the command was rejected
     * @return the record
     */
    public static HandledCommand rejected(IdempotencyKey key, String error) {
        return new HandledCommand(key.commandId(), key.fingerprint(), 0, 0, Optional.of(error));
    }

    /**
     * {@return the first result of the command, marked as a duplicate}
     *
     * <p>A fingerprint created by the command bus, {@code v2:type:content}, contains the version of the command type.
     * If a command is sent again in another version of the same type, or only one of the two fingerprints contains a
     * version, the contents cannot be compared. The command then counts as a duplicate, and this is logged.
     *
     * @param stream the stream on which the command was handled; named in exceptions
     * @param repeatedFingerprint the fingerprint of the command that was sent with the same id
     * @throws CommandRejectedException if the command was rejected, regardless of the fingerprints: nothing took effect
     *     under this id
     * @throws CommandIdReusedException if the fingerprints can be compared and differ, which means that the commands
     *     differ
     */
    public AppendResult asDuplicateOf(StreamId stream, String repeatedFingerprint) {
        if (rejection.isPresent()) {
            throw new CommandRejectedException(stream, commandId, rejection.get());
        }
        if (!fingerprint.equals(repeatedFingerprint)) {
            if (areComparable(fingerprint, repeatedFingerprint)) {
                throw new CommandIdReusedException(stream, commandId);
            }
            log.info(
                    "command repeated in another version stream={} command={} stored={} repeated={}",
                    stream,
                    commandId,
                    versionOf(fingerprint),
                    versionOf(repeatedFingerprint));
        }
        return new AppendResult(fromSequenceNumber, toSequenceNumber, true);
    }

    private static boolean areComparable(String stored, String repeated) {
        Matcher first = VERSIONED.matcher(stored);
        Matcher second = VERSIONED.matcher(repeated);
        if (!first.matches() || !second.matches()) {
            return first.matches() == second.matches();
        }
        return first.group("version").equals(second.group("version"))
                || !first.group("type").equals(second.group("type"));
    }

    private static String versionOf(String fingerprint) {
        Matcher matcher = VERSIONED.matcher(fingerprint);
        return matcher.matches() ? matcher.group("version") : "unknown";
    }
}
