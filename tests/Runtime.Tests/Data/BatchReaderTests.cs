using DlGen.Compiled;

namespace DlGen.Tests;

public sealed class BatchReaderTests
{
    private static readonly BatchDefinition Definition = new([new("x", FieldKind.Float, 1, 0)], Float64: false);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_come_in_the_given_order(bool prefetch)
    {
        int[] order = Shuffling.Identity(23);
        Shuffling.Shuffle(order, seed: 4, stream: 0);
        using var reader = new BatchReader(new Numbers(30), Definition, order, batchSize: 5, prefetch);
        Assert.Equal(order.Chunk(5), Rest(reader));
        Assert.Null(reader.Next());
        reader.Restart([3, 1, 2]);
        Assert.Equal([[3, 1, 2]], Rest(reader));
        reader.Restart([.. Enumerable.Range(0, 30)]);
        Assert.Equal(Enumerable.Range(0, 30).Chunk(5), Rest(reader));
        reader.Restart([]);
        Assert.Null(reader.Next());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_begins_again_in_the_middle(bool prefetch)
    {
        using var reader = new BatchReader(new Numbers(100), Definition, Shuffling.Identity(100), batchSize: 10, prefetch);
        for (int i = 0; i < 50; i++)
        {
            for (int taken = 0; taken < i % 4; taken++)
                Assert.NotNull(reader.Next());
            int[] order = [.. Enumerable.Range(i, 35)];
            reader.Restart(order);
            Assert.Equal(order[..10], RowsOf(reader.Next()!));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_arrives_at_the_call_for_its_batch(bool prefetch)
    {
        using var reader = new BatchReader(new Numbers(30, bad: 12), Definition, Shuffling.Identity(30), batchSize: 5, prefetch);
        Assert.Equal([0, 1, 2, 3, 4], RowsOf(reader.Next()!));
        Assert.Equal([5, 6, 7, 8, 9], RowsOf(reader.Next()!));
        Assert.Equal("row 12", Assert.Throws<InvalidDataException>(() => { reader.Next(); }).Message);
        Assert.Throws<InvalidDataException>(() => { reader.Next(); });
        reader.Restart([20, 21]);
        Assert.Equal([20, 21], RowsOf(reader.Next()!));
        Assert.Null(reader.Next());
    }

    [Fact]
    public void The_next_batch_is_read_while_one_is_at_hand_and_no_further()
    {
        using var started = new SemaphoreSlim(0);
        var data = new Numbers(100) { OnRead = _ => started.Release() };
        using var reader = new BatchReader(data, Definition, Shuffling.Identity(100), batchSize: 10, prefetch: true);
        Batch first = reader.Next()!;
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)) && started.Wait(TimeSpan.FromSeconds(30)));
        Assert.False(started.Wait(TimeSpan.FromMilliseconds(100)));
        Assert.Equal(Enumerable.Range(0, 10), RowsOf(first));
        Assert.NotEqual(Environment.CurrentManagedThreadId, data.LastThread!.ManagedThreadId);
        Assert.NotSame(first, reader.Next());
    }

    [Fact]
    public void No_thread_is_left_behind()
    {
        foreach (int taken in (int[])[0, 1, 3, 11])
        {
            var data = new Numbers(100, bad: taken == 3 ? 35 : -1);
            var reader = new BatchReader(data, Definition, Shuffling.Identity(100), batchSize: 10, prefetch: true);
            for (int i = 0; i < taken; i++)
                reader.Next();
            SpinWait.SpinUntil(() => data.LastThread is not null, TimeSpan.FromSeconds(30));
            Assert.True(data.LastThread!.IsAlive);
            reader.Dispose();
            Assert.False(data.LastThread.IsAlive);
            reader.Dispose();
            Assert.Throws<ObjectDisposedException>(() => { reader.Next(); });
            Assert.Throws<ObjectDisposedException>(() => reader.Restart([1]));
        }

        // A thread that waits inside of the dataset is waited for.
        using var inside = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var slow = new Numbers(10) { OnRead = _ => { inside.Release(); goOn.Wait(); } };
        var waiting = new BatchReader(slow, Definition, Shuffling.Identity(10), batchSize: 10, prefetch: true);
        inside.Wait();
        var disposing = new Thread(waiting.Dispose);
        disposing.Start();
        Assert.False(disposing.Join(TimeSpan.FromMilliseconds(50)));
        goOn.Release();
        Assert.True(disposing.Join(TimeSpan.FromSeconds(30)));
        Assert.False(slow.LastThread!.IsAlive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_allocated_per_batch(bool prefetch)
    {
        // What the reading thread has allocated, seen at its first and at its last batch.
        long atFirst = -1, atLast = 0;
        var data = new Numbers(4000)
        {
            OnRead = row =>
            {
                atLast = GC.GetAllocatedBytesForCurrentThread();
                atFirst = row == 400 ? atLast : atFirst;
            },
        };
        Dataset weighted = data.With(("weight", new float[4000], 1)).Subset(Shuffling.Identity(4000));
        var definition = new BatchDefinition([new("x", FieldKind.Float, 1, 0), new("weight", FieldKind.Float, 1, 0)], Float64: false);
        using var reader = new BatchReader(weighted, definition, Shuffling.Identity(4000), batchSize: 4, prefetch);
        for (int i = 0; i < 100; i++)
            reader.Next();
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.Next() is not null)
        {
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, atLast - atFirst);
    }

    private static int[][] Rest(BatchReader reader)
    {
        var batches = new List<int[]>();
        while (reader.Next() is Batch batch)
            batches.Add(RowsOf(batch));
        return [.. batches];
    }

    private static int[] RowsOf(Batch batch) => [.. batch.Floats("x").ToArray().Select(x => (int)x)];

    /// <summary>Each row is its number; one of them cannot be read.</summary>
    private sealed class Numbers(int rows, int bad = -1) : Dataset
    {
        public override int Count => rows;

        public Action<int>? OnRead { get; init; }

        public Thread? LastThread { get; private set; }

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            LastThread = Thread.CurrentThread;
            OnRead?.Invoke(rows[0]);
            Span<float> x = batch.Floats("x");
            for (int i = 0; i < rows.Length; i++)
                x[i] = rows[i] == bad ? throw new InvalidDataException($"row {bad}") : rows[i];
        }
    }
}
