package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.GroupVerifier.Result;
import io.daybook.projection.VerifyReport.Finding;
import io.daybook.projection.VerifyReport.Problem;
import io.daybook.projection.VerifyReport.Summaries;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the documents and contributions of streams with a fresh fold of their events, up to the position of each
 * document. It can therefore run alongside writers. Streams are found by their first events; then documents are scanned
 * for those whose stream is deleted or lost, and for contributions. The summaries of groups follow. Used for one run,
 * by one thread.
 */
final class Verifier<S> {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);
    private static final long REPORT_NANOS = 10_000_000_000L;
    private static final int MAX_READS = 3;

    private final ProjectionRunner<S> runner;
    private final @Nullable GroupVerifier<S, ?> groups;
    private final EventStore eventStore;
    private final VerifyOptions options;
    private final String name;
    private final int salt = ThreadLocalRandom.current().nextInt();
    private final Map<Problem, Long> counts = new EnumMap<>(Problem.class);
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Result, Long> summaries = new EnumMap<>(Result.class);
    private final Set<DocumentKey> wrongSummaries = new LinkedHashSet<>();
    private long checked;
    private long parked;
    private long repaired;
    private long reportedNanos = System.nanoTime();

    Verifier(ProjectionRunner<S> runner, EventStore eventStore, VerifyOptions options, String name) {
        this.runner = runner;
        this.groups = runner.groupVerifier();
        this.eventStore = eventStore;
        this.options = options;
        this.name = name;
    }

    VerifyReport run() {
        for (String range : eventStore.scanRanges()) {
            String after = "";
            do {
                ScanPage page = eventStore.scan(range, after);
                check(firstOf(page.events()));
                after = page.next();
                logProgress();
            } while (!after.isEmpty());
        }
        scanDocuments(page -> page.forEach(this::checkDocument));
        GroupVerifier<S, ?> verifier = groups;
        if (verifier != null) {
            scanDocuments(page -> checkSummaries(verifier, page));
        }
        log.info("read model verified name={} {}", name, report());
        return report();
    }

    private void scanDocuments(Consumer<List<StoredDocument>> check) {
        String next = "";
        do {
            Page<StoredDocument> page = runner.documents.scan(Scan.all(), next);
            check.accept(page.items());
            next = page.next().orElse("");
            logProgress();
        } while (!next.isEmpty());
    }

    private VerifyReport report() {
        return new VerifyReport(
                checked,
                counts.getOrDefault(Problem.BEHIND, 0L),
                counts.getOrDefault(Problem.AHEAD, 0L),
                counts.getOrDefault(Problem.DIFFERENT, 0L),
                parked,
                repaired,
                findings,
                new Summaries(
                        summaries.values().stream().mapToLong(Long::longValue).sum(),
                        summaries.getOrDefault(Result.DIFFERENT, 0L),
                        summaries.getOrDefault(Result.CHANGING, 0L),
                        wrongSummaries.stream()
                                .limit(VerifyReport.MAX_FINDINGS)
                                .map(GroupKeys::groupOf)
                                .toList()));
    }

    private void logProgress() {
        if (System.nanoTime() - reportedNanos >= REPORT_NANOS) {
            reportedNanos = System.nanoTime();
            log.info("read model is being verified name={} checked={} repaired={}", name, checked, repaired);
        }
    }

    private Set<StreamId> firstOf(List<EventEnvelope> events) {
        Set<StreamId> first = new LinkedHashSet<>();
        for (EventEnvelope event : events) {
            if (event.metadata().sequenceNumber() == 1) {
                StreamId stream = StreamId.of(
                        event.metadata().aggregateType(), event.metadata().aggregateId());
                if (runner.folder.isOf(stream) && isChosen(stream)) {
                    first.add(stream);
                }
            }
        }
        return first;
    }

    private boolean isChosen(Object streamOrSummary) {
        int mixed = ((streamOrSummary.hashCode() ^ salt) * 0x9E3779B9) >>> 8;
        return mixed < options.share() * (1 << 24);
    }

    private void check(Set<StreamId> streams) {
        Map<StreamId, StoredDocument> stored = runner.states.stored(streams);
        streams.forEach(stream -> check(stream, Objects.requireNonNull(stored.get(stream))));
    }

    /** Checks whether the stream of a document was deleted or lost, which cannot be seen from first events, and checks contributions. */
    private void checkDocument(StoredDocument stored) {
        if (groups != null && !runner.keys.isOfStream(stored.key())) {
            if (!GroupKeys.isSummary(stored.key()) && isChosen(GroupKeys.streamOf(stored.key()))) {
                checkContribution(groups, stored);
            }
            return;
        }
        if (stored.gone()) {
            return;
        }
        StreamId stream = runner.keys.streamOf(stored.key());
        if (isChosen(stream) && version(stream) == 0) {
            check(stream, stored);
        }
    }

    private long version(StreamId stream) {
        try {
            return eventStore.currentVersion(stream);
        } catch (StreamDeletedException e) {
            return 0;
        }
    }

    private void check(StreamId stream, StoredDocument first) {
        checked++;
        Compared last = settled(first, stored -> compare(stream, stored), () -> streamDocument(stream));
        Finding finding = last.finding();
        if (finding == null) {
            checkCurrentContribution(stream, last.stored());
        } else {
            found(finding, last.stored().gone(), () -> repair(finding));
        }
    }

    private StoredDocument streamDocument(StreamId stream) {
        return Objects.requireNonNull(runner.states.stored(Set.of(stream)).get(stream));
    }

    /** A document as it was compared last, and what is wrong with it; null if nothing is. */
    private record Compared(StoredDocument stored, @Nullable Finding finding) {}

    /** Compares a document again while it is wrong and changes, because a writer may be at work. */
    private static Compared settled(
            StoredDocument first,
            Function<StoredDocument, @Nullable Finding> comparison,
            Supplier<StoredDocument> readAgain) {
        StoredDocument stored = first;
        for (int reads = 1; ; reads++) {
            Finding finding = comparison.apply(stored);
            if (finding == null) {
                return new Compared(stored, null);
            }
            StoredDocument now = readAgain.get();
            if (reads == MAX_READS || now.etag().equals(stored.etag())) {
                return new Compared(stored, finding);
            }
            stored = now;
        }
    }

    /** Checks that a stream contributes to its group what its document says; contributions are written before the document. */
    private void checkCurrentContribution(StreamId stream, StoredDocument stored) {
        GroupVerifier<S, ?> verifier = groups;
        if (verifier == null || stored.gone() || stored.content().isEmpty()) {
            return;
        }
        DocumentKey summary =
                verifier.summaryOf(stream, runner.states.readable(stored).value());
        if (summary == null) {
            return;
        }
        long position = verifier.contribution(summary, stream).sequenceNumber();
        if (position < stored.sequenceNumber()) {
            Finding finding = new Finding(Problem.BEHIND, stream, position, stored.sequenceNumber());
            found(finding, false, () -> verifier.repair(summary, stream));
        }
    }

    private void checkContribution(GroupVerifier<S, ?> verifier, StoredDocument first) {
        StreamId stream = GroupKeys.streamOf(first.key());
        DocumentKey summary = GroupKeys.summaryOf(first.key());
        Finding finding = settled(
                        first,
                        stored -> compareContribution(verifier, stream, stored),
                        () -> verifier.contribution(summary, stream))
                .finding();
        if (finding != null) {
            found(finding, false, () -> verifier.repair(summary, stream));
        }
    }

    private @Nullable Finding compareContribution(
            GroupVerifier<S, ?> verifier, StreamId stream, StoredDocument stored) {
        long position = stored.sequenceNumber();
        StreamFolder.Fresh<S> fresh;
        try {
            fresh = runner.folder.fresh(stream, runner.states.none(stream), position);
        } catch (StreamDeletedException e) {
            boolean isLeft =
                    !stored.content().isEmpty() && streamDocument(stream).gone();
            return isLeft ? new Finding(Problem.BEHIND, stream, position, 0) : null;
        }
        return wrong(stream, stored, fresh, value -> verifier.shows(stored, value));
    }

    /** Returns what is wrong with a document of a stream that exists, apart from being behind; null if nothing is. */
    private @Nullable Finding wrong(
            StreamId stream, StoredDocument stored, StreamFolder.Fresh<S> fresh, Predicate<@Nullable S> shows) {
        long position = stored.sequenceNumber();
        Folded<S> folded = fresh.folded();
        boolean isPoison = folded.poison() != null;
        boolean isInHistory = folded.number() == position && folded.eventId().equals(stored.eventId());
        if (stored.gone() || (!isPoison && !isInHistory)) {
            return new Finding(Problem.AHEAD, stream, position, fresh.version());
        }
        return isPoison || !shows.test(folded.value())
                ? new Finding(Problem.DIFFERENT, stream, position, fresh.version())
                : null;
    }

    /** Checks the summaries on a page, and those of the contributions on it that have none. */
    private void checkSummaries(GroupVerifier<S, ?> verifier, List<StoredDocument> page) {
        Set<DocumentKey> keys = new LinkedHashSet<>();
        Set<DocumentKey> contributed = new LinkedHashSet<>();
        for (StoredDocument each : page) {
            if (GroupKeys.isSummary(each.key())) {
                keys.add(each.key());
            } else if (!runner.keys.isOfStream(each.key()) && !each.content().isEmpty()) {
                contributed.add(GroupKeys.summaryOf(each.key()));
            }
        }
        contributed.removeAll(keys);
        contributed.removeAll(wrongSummaries);
        contributed.removeAll(
                contributed.isEmpty()
                        ? Set.of()
                        : runner.documents.read(contributed).keySet());
        keys.addAll(contributed);
        keys.stream().filter(this::isChosen).forEach(key -> checkSummary(verifier, key));
    }

    private void checkSummary(GroupVerifier<S, ?> verifier, DocumentKey key) {
        Result result = verifier.check(key);
        summaries.merge(result, 1L, Long::sum);
        if (result == Result.RIGHT) {
            return;
        }
        log.warn("summary is {} name={} group={}", result, name, GroupKeys.groupOf(key));
        if (result == Result.DIFFERENT) {
            wrongSummaries.add(key);
            if (options.repairs()) {
                verifier.repair(key);
                repaired++;
            }
        }
    }

    private @Nullable Finding compare(StreamId stream, StoredDocument stored) {
        long position = stored.sequenceNumber();
        StreamFolder.Fresh<S> fresh;
        try {
            fresh = runner.folder.fresh(stream, runner.states.none(stream), position);
        } catch (StreamDeletedException e) {
            return stored.gone() || stored.etag().isEmpty() ? null : new Finding(Problem.BEHIND, stream, position, 0);
        }
        long version = fresh.version();
        Finding wrong = wrong(stream, stored, fresh, value -> runner.shows(stored, value));
        if (wrong != null) {
            return wrong;
        }
        if (version > position && stored.parking().isPresent()) {
            parked++;
            return null;
        }
        return version > position ? new Finding(Problem.BEHIND, stream, position, version) : null;
    }

    private void found(Finding finding, boolean isGone, Runnable repair) {
        counts.merge(finding.problem(), 1L, Long::sum);
        if (findings.size() < VerifyReport.MAX_FINDINGS) {
            findings.add(finding);
        }
        log.warn("document is wrong name={} {}", name, finding);
        if (!options.repairs() || isGone) {
            return;
        }
        try {
            repair.run();
            repaired++;
        } catch (ProjectionFailedException e) {
            log.warn("document cannot be repaired name={} stream={}", name, e.stream(), e);
        }
    }

    private void repair(Finding finding) {
        if (finding.problem() == Problem.BEHIND && finding.version() == 0) {
            runner.deleted(finding.stream(), finding.position());
        } else {
            runner.rebuild(finding.stream());
        }
    }
}
