package io.daybook.projection;

import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that accepts the documents of streams and forgets them. It keeps only the states of the versions. */
final class ForgetfulReadModelStore implements ReadModelStore {

    private final ReadModelStore kept = new InMemoryReadModelStore();
    private final Consumer<StoredDocument> onWrite;

    ForgetfulReadModelStore(Consumer<StoredDocument> onWrite) {
        this.onWrite = onWrite;
    }

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        ReadModelCollection documents = kept.open(schema);
        return schema.equals(VersionStates.SCHEMA) ? documents : new ForgetfulCollection(documents);
    }

    @Override
    public void drop(ReadModelSchema schema) {
        kept.drop(schema);
    }

    private final class ForgetfulCollection implements ReadModelCollection {

        private final ReadModelCollection incarnation;

        ForgetfulCollection(ReadModelCollection incarnation) {
            this.incarnation = incarnation;
        }

        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            return incarnation.read(keys);
        }

        @Override
        public WriteResult write(List<StoredDocument> documents) {
            if (documents.get(0).key().equals(CurrentDocuments.INCARNATION)) {
                return incarnation.write(documents);
            }
            documents.forEach(onWrite);
            return WriteResult.written(documents.stream().map(document -> "e").toList());
        }

        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            return incarnation.find(filter, after);
        }

        @Override
        public Page<StoredDocument> scan(Scan scan, String next) {
            return incarnation.scan(scan, next);
        }
    }
}
