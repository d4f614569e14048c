package io.daybook.eventstore;

/**
 * What a store remembers of a command that was handled; returned by {@link EventStore#findCommand EventStore.findCommand}.
 *
 * @param commandId the id of the command
 * @param fingerprint what identifies the command's content
 * @param fromSequenceNumber the sequence number of the first event that it raised
 * @param toSequenceNumber the sequence number of the last event that it raised
 */
public record HandledCommand(String commandId, String fingerprint, long fromSequenceNumber, long toSequenceNumber) {

    /**
     * {@return where the command's events stand, marked as a duplicate}
     *
     * @param stream the stream on which the command was handled; named in the failure
     * @param repeatedFingerprint the fingerprint of the command that came with the same id
     * @throws CommandIdReusedException if the fingerprints differ: it is another command
     */
    public AppendResult asDuplicateOf(StreamId stream, String repeatedFingerprint) {
        if (!fingerprint.equals(repeatedFingerprint)) {
            throw new CommandIdReusedException(stream, commandId);
        }
        return new AppendResult(fromSequenceNumber, toSequenceNumber, true);
    }
}
