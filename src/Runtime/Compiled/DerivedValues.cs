using System.Numerics;

namespace DlGen.Compiled;

/// <summary>Values computed from the parameters, with the version of the parameters they belong to. They are rebuilt once after a change and published
/// by one reference write, so a reader sees the old ones or the new ones, never half.
/// Two buffers take turns; while another thread is inside Predict the retired one may still be read, and a fresh one is allocated instead.</summary>
internal sealed class DerivedValues<T>(PrepareDerived<T> prepare, int length, ParameterSet parameters, ParameterStorage<T> storage, ArenaPool<T> arenas)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Lock rebuilding = new();
    private Snapshot current = new(length);
    private Snapshot? retired;

    public ReadOnlySpan<T> Current
    {
        get
        {
            Snapshot published = Volatile.Read(ref current);
            return (published.Version == parameters.Version ? published : Rebuild()).Buffer.Span;
        }
    }

    private Snapshot Rebuild()
    {
        lock (rebuilding)
        {
            long version = parameters.Version;
            Snapshot published = current;
            if (published.Version == version)
                return published;

            Snapshot next = retired is null || arenas.IsUsedByAnotherThread() ? new Snapshot(length) : retired;
            prepare(storage.Values, next.Buffer.Span);
            next.Version = version;
            retired = published;
            Volatile.Write(ref current, next);
            return next;
        }
    }

    private sealed class Snapshot(int length)
    {
        public AlignedBuffer<T> Buffer { get; } = new(length);

        /// <summary>-1 before the first rebuild. Written only while nobody else sees the snapshot.</summary>
        public long Version { get; set; } = -1;
    }
}
