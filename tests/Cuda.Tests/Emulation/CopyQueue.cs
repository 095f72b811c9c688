namespace DlGen.Tests.Emulation;

/// <summary>
/// The asynchronous copies to shared memory that threads of a warp began, in groups, each thread's for itself. What they copy arrives where their thread
/// waits for the group, and no earlier.
/// </summary>
internal sealed class CopyQueue
{
    private readonly List<Copy> underWay = [];
    private readonly int[] closedGroups = new int[Warp.Size];

    private sealed record Copy(int Lane, int Group, Allocation Target, int Offset, byte[] Bytes);

    public void Clear()
    {
        underWay.Clear();
        Array.Clear(closedGroups);
    }

    /// <summary>A copy of what stands at its source now.</summary>
    public void Begin(int lane, Allocation target, int offset, byte[] bytes, Accessor now)
    {
        target.BeginCopy(offset, bytes.Length, now);
        underWay.Add(new Copy(lane, closedGroups[lane], target, offset, bytes));
    }

    /// <summary>The lane's copies since it closed the last group are a group.</summary>
    public void CloseGroup(int lane) => closedGroups[lane]++;

    /// <summary>All of the lane's groups have arrived but for the last few that it closed.</summary>
    public void Wait(int lane, int groupsLeft, Accessor now) => Arrive(lane, closedGroups[lane] - groupsLeft, now);

    /// <summary>All of the lane's copies have arrived, those in no group as well.</summary>
    public void WaitForAll(int lane, Accessor now) => Arrive(lane, closedGroups[lane] + 1, now);

    private void Arrive(int lane, int beforeGroup, Accessor now)
    {
        foreach (var copy in underWay) if (copy.Lane == lane && copy.Group < beforeGroup) copy.Target.EndCopy(copy.Offset, copy.Bytes, now);
        underWay.RemoveAll(copy => copy.Lane == lane && copy.Group < beforeGroup);
    }
}
