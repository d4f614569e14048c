package io.daybook.eventstore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store remembers of a command that was handled; returned by {@link EventStore#findCommand EventStore.findCommand}.
 *
 * @param commandId the id of the command
 * @param fingerprint what identifies the command's content
 * @param fromSequenceNumber the sequence number of the first event that it raised
 * @param toSequenceNumber the sequence number of the last event that it raised
 */
public record HandledCommand(String commandId, String fingerprint, long fromSequenceNumber, long toSequenceNumber) {

    private static final Logger log = LoggerFactory.getLogger(HandledCommand.class);
    private static final Pattern VERSIONED = Pattern.compile("v(?<version>\\d+):(?<type>[\\w-]+):[\\w-]+");

    /**
     * {@return where the command's events are, marked as a duplicate}
     *
     * <p>A fingerprint as the command bus makes it, {@code v2:type:content}, states the version of the command's type. Where the same type
     * is repeated in another version, or only one of the two states a version, the contents cannot be compared: the command counts as a
     * duplicate, which is logged.
     *
     * @param stream the stream on which the command was handled; named in the failure
     * @param repeatedFingerprint the fingerprint of the command that came with the same id
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
