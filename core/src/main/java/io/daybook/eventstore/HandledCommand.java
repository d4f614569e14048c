package io.daybook.eventstore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of a command that was handled, as kept by a store. Returned by {@link EventStore#findCommand EventStore.findCommand}.
 *
 * @param commandId the id of the command
 * @param fingerprint identifies the content of the command
 * @param fromSequenceNumber the sequence number of the first event that it raised
 * @param toSequenceNumber the sequence number of the last event that it raised
 */
public record HandledCommand(String commandId, String fingerprint, long fromSequenceNumber, long toSequenceNumber) {

    private static final Logger log = LoggerFactory.getLogger(HandledCommand.class);
    private static final Pattern VERSIONED = Pattern.compile("v(?<version>\\d+):(?<type>[\\w-]+):[\\w-]+");

    /**
     * {@return the first result of the command, marked as a duplicate}
     *
     * <p>A fingerprint created by the command bus, {@code v2:type:content}, contains the version of the command type. If the same type is
     * repeated in another version, or only one of the two fingerprints contains a version, the contents cannot be compared. The command
     * then counts as a duplicate, which is logged.
     *
     * @param stream the stream on which the command was handled; named in the exception
     * @param repeatedFingerprint the fingerprint of the command that was sent with the same id
     * @throws CommandIdReusedException if the fingerprints can be compared and differ: it is another command
     */
    public AppendResult asDuplicateOf(StreamId stream, String repeatedFingerprint) {
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
