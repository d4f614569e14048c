package io.daybook.inmemory;

import io.daybook.contract.ReadModelStoreContract;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Read model stores that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenReadModelStores {

    private BrokenReadModelStores() {}

    /** A store that forwards to a right one. */
    abstract static class Tampered extends ReadModelStoreContract implements ReadModelStore, ReadModelCollection {
        private final ReadModelStore right = new InMemoryReadModelStore();
        ReadModelCollection documents;

        @Override
        protected ReadModelStore store() {
            return this;
        }

        @Override
        public ReadModelCollection open(ReadModelSchema schema) {
            documents = right.open(schema);
            return this;
        }

        @Override
        public void drop(ReadModelSchema schema) {
            right.drop(schema);
        }

        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            return documents.read(keys);
        }

        @Override
        public WriteResult write(List<StoredDocument> written) {
            return documents.write(written);
        }

        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            return documents.find(filter, after);
        }

        @Override
        public Page<StoredDocument> scan(Scan scan, String next) {
            return documents.scan(scan, next);
        }

        StoredDocument underAnyEtag(StoredDocument document) {
            StoredDocument stored = documents.read(List.of(document.key())).get(document.key());
            return document.stored(stored == null ? "" : stored.etag());
        }
    }

    static class NoEtag extends Tampered {
        @Override
        public synchronized WriteResult write(List<StoredDocument> written) {
            return documents.write(written.stream()
                    .map(each -> each.etag().isEmpty() ? each : underAnyEtag(each))
                    .toList());
        }
    }

    static class CreatesOver extends Tampered {
        @Override
        public synchronized WriteResult write(List<StoredDocument> written) {
            return documents.write(written.stream()
                    .map(each -> each.etag().isEmpty() ? underAnyEtag(each) : each)
                    .toList());
        }
    }

    static class Upserts extends Tampered {
        @Override
        public synchronized WriteResult write(List<StoredDocument> written) {
            return documents.write(written.stream()
                    .map(each -> documents.read(List.of(each.key())).isEmpty() ? each.stored("") : each)
                    .toList());
        }
    }

    /** The etag is the revision, which a writer chooses. */
    static class EtagIsRevision extends Tampered {
        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            Map<DocumentKey, StoredDocument> read = super.read(keys);
            read.replaceAll((key, each) -> each.stored(Long.toString(each.revision())));
            return read;
        }

        @Override
        public synchronized WriteResult write(List<StoredDocument> written) {
            for (StoredDocument each : written) {
                StoredDocument stored = documents.read(List.of(each.key())).get(each.key());
                if (!each.etag().equals(stored == null ? "" : Long.toString(stored.revision()))) {
                    return WriteResult.CONFLICT;
                }
            }
            documents.write(written.stream().map(this::underAnyEtag).toList());
            return WriteResult.written(
                    written.stream().map(each -> Long.toString(each.revision())).toList());
        }
    }

    static class NotAtomic extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            if (written.stream().map(each -> each.key().partition()).distinct().count() != 1 || written.size() > 100) {
                return super.write(written);
            }
            List<String> etags = new ArrayList<>();
            for (StoredDocument each : written) {
                WriteResult result = documents.write(List.of(each));
                if (!result.isWritten()) {
                    return result;
                }
                etags.addAll(result.etags());
            }
            return WriteResult.written(etags);
        }
    }

    /** Two writers may both see that there is no document. */
    static class ChecksThenWrites extends Tampered {
        private final Gap gap = new Gap();

        @Override
        public WriteResult write(List<StoredDocument> written) {
            for (StoredDocument each : written) {
                if (!underAnyEtag(each).etag().equals(each.etag())) {
                    return WriteResult.CONFLICT;
                }
            }
            StoredDocument first = written.get(0);
            gap.untilMetOr(() -> !underAnyEtag(first).etag().equals(first.etag()));
            while (true) {
                WriteResult result =
                        documents.write(written.stream().map(this::underAnyEtag).toList());
                if (result.isWritten()) {
                    return result;
                }
            }
        }
    }

    static class WritesAnySize extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            try {
                return super.write(written);
            } catch (DocumentTooLargeException e) {
                return super.write(written.stream()
                        .map(each -> each.next().content("{}").build())
                        .toList());
            }
        }
    }

    static class WritesAcrossPartitions extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            List<String> etags = new ArrayList<>();
            written.forEach(each -> etags.addAll(documents.write(List.of(each)).etags()));
            return WriteResult.written(etags);
        }
    }

    static class IgnoresCase extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            List<DocumentKey> lower = written.stream()
                    .map(each -> DocumentKey.of(each.key().id().toLowerCase(Locale.ROOT)))
                    .toList();
            return documents.read(lower).isEmpty() || !written.get(0).etag().isEmpty()
                    ? super.write(written)
                    : WriteResult.CONFLICT;
        }
    }

    static class ReadsFewAtOnce extends Tampered {
        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            return super.read(keys.stream().limit(100).toList());
        }
    }

    static class ForgetsTheParking extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            return super.write(written.stream()
                    .map(each ->
                            each.next().revision(each.revision()).parking(null).build())
                    .toList());
        }
    }

    static class SortsAsUtf16 extends Tampered {
        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            Comparator<StoredDocument> order = Comparator.comparing((StoredDocument each) ->
                            PagePosition.of(filter, each).sortValue())
                    .thenComparing(each -> each.key().id());
            return super.find(filter, after).stream()
                    .sorted(filter.isDescending() ? order.reversed() : order)
                    .toList();
        }
    }

    static class PagesByValueOnly extends Tampered {
        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            return super.find(
                    filter, after.map(each -> new PagePosition(each.sortValue(), filter.isDescending() ? "" : "zzz")));
        }
    }

    static class MatchesTheFirstElement extends Tampered {
        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            return super.find(filter, after).stream()
                    .filter(each -> filter.conditions().stream()
                            .allMatch(condition -> condition.matches(each.next()
                                    .indexValues(Map.of(
                                            condition.index(),
                                            each.indexValues()
                                                    .get(condition.index())
                                                    .subList(0, 1)))
                                    .build())))
                    .toList();
        }
    }

    static class EndsAtAConflict extends Tampered {
        @Override
        public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
            List<WriteResult> results = new ArrayList<>();
            for (List<StoredDocument> each : writes) {
                boolean conflict = results.contains(WriteResult.CONFLICT);
                results.add(conflict ? WriteResult.CONFLICT : WriteResult.attempt(() -> write(each)));
            }
            return results;
        }
    }

    static class MixesResults extends Tampered {
        @Override
        public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
            List<WriteResult> results = new ArrayList<>(super.writeEach(writes));
            Collections.reverse(results);
            return results;
        }
    }

    static class DividesWrites extends Tampered {
        @Override
        public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
            return writes.stream()
                    .map(each -> each.stream()
                            .map(document -> WriteResult.attempt(() -> write(List.of(document))))
                            .reduce(DividesWrites::both)
                            .orElseThrow())
                    .toList();
        }

        private static WriteResult both(WriteResult one, WriteResult other) {
            return !one.isWritten() || !other.isWritten()
                    ? WriteResult.CONFLICT
                    : WriteResult.written(Stream.concat(one.etags().stream(), other.etags().stream())
                            .toList());
        }
    }

    static class ListsWhatIsGone extends Tampered {
        @Override
        public WriteResult write(List<StoredDocument> written) {
            return super.write(written.stream()
                    .map(each -> each.next().gone(false).build())
                    .toList());
        }
    }

    static class ScansOnePage extends Tampered {
        @Override
        public Page<StoredDocument> scan(Scan scan, String next) {
            return new Page<>(super.scan(scan, next).items(), Optional.empty());
        }
    }

    static class SharesVersions extends Tampered {
        @Override
        public ReadModelCollection open(ReadModelSchema schema) {
            return super.open(ReadModelSchema.of(schema.name(), 1));
        }
    }

    static class DropsNothing extends Tampered {
        @Override
        public void drop(ReadModelSchema schema) {
            // as if it had
        }
    }
}
