using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace DlGen.Compiled;

/// <summary>A thread that takes orders from one <see cref="Team"/> and is parked between them. It lives as long as the process, in the background.</summary>
internal sealed unsafe class Worker
{
    private readonly Signal ordered = new();
    private readonly Signal done = new();
    private FrameWork? work;
    private void* frame;
    private int part;
    private int parts;
    private int turn;
    private ExceptionDispatchInfo? failure;

    public Worker(int number)
        => new Thread(Loop) { IsBackground = true, Name = $"DlGen worker {number}" }.UnsafeStart();

    /// <summary>Orders it has carried out.</summary>
    public int Orders => done.Value;

    /// <summary>Whether it waits for an order without using a processor.</summary>
    public bool IsParked => ordered.IsParked;

    /// <summary>Whether its team is within a call that orders again and again.</summary>
    public bool IsWithinCall
    {
        set => ordered.IsWithinCall = value;
    }

    /// <summary>Begins a share. The frame must stay until <see cref="Join"/>.</summary>
    public void Begin(FrameWork work, void* frame, int part, int parts)
    {
        this.frame = frame;
        (this.work, this.part, this.parts) = (work, part, parts);
        turn++;
        ordered.Raise();
    }

    /// <summary>Waits until the share is done; gives what it threw.</summary>
    public ExceptionDispatchInfo? Join()
    {
        done.AwaitAwake(turn);
        ExceptionDispatchInfo? thrown = failure;
        (work, failure) = (null, null);
        return thrown;
    }

    private void Loop()
    {
        for (int next = 1; ; next++)
        {
            ordered.Await(next);
            try
            {
                // The reference structure lies on the stack of the team's caller, who waits.
                work!(in Unsafe.AsRef<Frame>(frame), part, parts);
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }

            done.Raise();
        }
    }
}
