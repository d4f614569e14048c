package io.daybook.projection;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Forwards each call, so that a test overrides only those that it looks at. */
class ForwardingCollection implements ReadModelCollection {

    private final ReadModelCollection documents;

    ForwardingCollection(ReadModelCollection documents) {
        this.documents = documents;
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
}
