using System.Runtime.ExceptionServices;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Goes over a dataset's rows in a given order, batch by batch. With prefetch a thread of its own reads the next batch while the caller works on the one
/// at hand: the same batches in the same order, and an error of the dataset arrives at the call that would have read its batch. Nothing is allocated per batch.
/// For one caller at a time; the dataset must allow reads on another thread than the caller's.</summary>
internal sealed class BatchReader : IDisposable
{
    /// <summary>One at the caller, one being read.</summary>
    private const int PrefetchBuffers = 2;

    private readonly Dataset data;
    private readonly BatchDefinition definition;
    private readonly int batchSize;
    private readonly Thread? thread;
    private readonly ImageChanger? changer;

    /// <summary>Guards all that follows. Both sides wait on it, for different things, and both are woken by every change.</summary>
    private readonly object gate = new();
    private readonly Batch[] buffers;
    private int[] rows = [];
    private long epoch;
    private int batches;
    private int read;
    private int taken;
    private int givenBack;
    private bool reading;
    private bool stopping;
    private ExceptionDispatchInfo? failure;

    /// <summary>Allocates the buffers and begins with the first batches.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="definition">The fields of a batch.</param>
    /// <param name="rows">Positions in the dataset, in the order in which they are read; kept, not copied.</param>
    /// <param name="batchSize">Rows of a batch; the last one may be smaller.</param>
    /// <param name="prefetch">Whether the next batch is read on another thread.</param>
    /// <param name="changer">Changes what was read, on the same thread; null where it stays.</param>
    /// <param name="epoch">How often the rows were gone over before.</param>
    public BatchReader(Dataset data, BatchDefinition definition, int[] rows, int batchSize, bool prefetch, ImageChanger? changer = null, long epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        this.data = data;
        this.definition = definition;
        this.batchSize = batchSize;
        this.changer = changer;
        buffers = new Batch[prefetch ? PrefetchBuffers : 1];
        Begin(rows, epoch);
        if (prefetch)
        {
            thread = new Thread(ReadAhead) { IsBackground = true, Name = nameof(BatchReader) };
            thread.Start();
        }
    }

    /// <summary>The next batch, valid until the next call; null after the last one.</summary>
    public Batch? Next()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            givenBack = taken;
            if (taken == batches)
                return null;
            if (thread is null)
            {
                Fill(read);
                read++;
            }

            Monitor.PulseAll(gate);
            while (read == taken && failure is null)
                Monitor.Wait(gate);
            if (read == taken)
                failure!.Throw();
            return BufferOf(taken++);
        }
    }

    /// <summary>Begins again with another order, also in the middle of one.</summary>
    /// <param name="order">Positions in the dataset; kept, not copied.</param>
    /// <param name="epoch">How often the rows were gone over before.</param>
    public void Restart(int[] order, long epoch = 0)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            batches = 0; // nothing more to read, so that the wait is for one batch at most
            while (reading)
                Monitor.Wait(gate);
            Begin(order, epoch);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Ends the thread; a batch that is just being read is waited for.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }

        thread?.Join();
    }

    private void Begin(int[] order, long epoch)
    {
        int capacity = Math.Max(1, Math.Min(batchSize, order.Length));
        for (int i = 0; i < buffers.Length; i++)
        {
            if (buffers[i] is null || buffers[i].Capacity < capacity)
                buffers[i] = new Batch(definition, capacity);
        }

        (rows, this.epoch) = (order, epoch);
        batches = (int)(((long)order.Length + batchSize - 1) / batchSize);
        (read, taken, givenBack, failure) = (0, 0, 0, null);
    }

    private void ReadAhead()
    {
        while (true)
        {
            int index;
            lock (gate)
            {
                while (!stopping && (read >= batches || read - givenBack >= PrefetchBuffers || failure is not null))
                    Monitor.Wait(gate);
                if (stopping)
                    return;
                index = read;
                reading = true;
            }

            ExceptionDispatchInfo? error = null;
            try
            {
                Fill(index);
            }
            catch (Exception exception)
            {
                error = ExceptionDispatchInfo.Capture(exception);
            }

            lock (gate)
            {
                reading = false;
                failure = error;
                read += error is null ? 1 : 0;
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Fill(int index)
    {
        int from = index * batchSize;
        Batch batch = BufferOf(index);
        (batch.Rows, batch.LastPart) = (Math.Min(batchSize, rows.Length - from), 0);
        data.Read(rows.AsSpan(from, batch.Rows), batch);
        changer?.Change(batch, rows.AsSpan(from, batch.Rows), epoch);
    }

    private Batch BufferOf(int index) => buffers[index % buffers.Length];
}
