using System.Diagnostics;
using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>Teams compute every share once, hand on what a share throws, and sleep when nobody needs them.</summary>
public sealed class TeamTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_share_is_computed_once_and_sees_the_callers_memory(int threads)
    {
        using Team team = Team.Rent(threads)!;
        Assert.Equal(threads, team.Threads);
        for (int run = 0; run < 200; run++)
        {
            byte[] counts = new byte[threads];
            var frame = new Frame { Rows = run };
            frame.Memory5 = ref counts[0];
            team.Run(in frame, static (in Frame frame, int part, int parts) => System.Runtime.CompilerServices.Unsafe.Add(ref frame.Memory5, part) += (byte)(parts + frame.Rows));
            Assert.All(counts, count => Assert.Equal((byte)(threads + run), count));
        }
    }

    [Fact]
    public void Memory_that_moves_while_shares_run_is_followed()
    {
        using Team team = Team.Rent(2)!;
        for (int run = 0; run < 20; run++)
        {
            // Small arrays move when the garbage collector compacts: a collection in one share must not take the other one's reference away.
            byte[][] garbage = [.. Enumerable.Range(0, 1000).Select(_ => new byte[100])];
            byte[] memory = new byte[64];
            garbage[run] = [];
            var frame = new Frame();
            frame.Memory0 = ref memory[0];
            team.Run(in frame, static (in Frame frame, int part, int parts) =>
            {
                if (part == 0)
                    GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                System.Runtime.CompilerServices.Unsafe.Add(ref frame.Memory0, 32 * part + 1) = 7;
            });
            Assert.Equal((7, 7), (memory[1], memory[33]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_a_share_throws_is_thrown_to_the_caller_after_the_others_are_done(int thrower)
    {
        using Team team = Team.Rent(3)!;
        byte[] done = new byte[3];
        Exception thrown = Assert.Throws<InvalidOperationException>(() => RunAndThrow(team, done, thrower));
        Assert.Equal($"share {thrower}", thrown.Message);
        Assert.Equal(Enumerable.Range(0, 3).Select(part => part == thrower ? 0 : 1), done.Select(d => (int)d));
        RunAndThrow(team, done, thrower: -1);
    }

    [Fact]
    public void Teams_are_handed_out_again()
    {
        Team first = Team.Rent(3)!, second = Team.Rent(2)!;
        Assert.NotSame(first, second);
        first.Dispose();
        second.Dispose();
        int workers = Team.Workers;
        for (int i = 0; i < 10; i++)
        {
            using Team? a = Team.Rent(2), b = Team.Rent(2);
        }

        // Other tests may rent meanwhile; ten times two threads more would be a leak.
        Assert.InRange(Team.Workers, workers, workers + 9);
        Assert.Null(Team.Rent(1));
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => Team.Rent(0)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Workers_sleep_soon_after_a_call(bool forLoop)
    {
        Team team = Team.Rent(3, forLoop)!;
        RunAndThrow(team, new byte[3], thrower: -1);
        team.Dispose();
        long start = Stopwatch.GetTimestamp();
        while (!team.IsAsleep && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
            Thread.Sleep(1);
        Assert.True(team.IsAsleep);
    }

    [Theory]
    [InlineData(1, 8, 3)]
    [InlineData(100, 8, 5)]
    [InlineData(7, 64, 4)]
    [InlineData(int.MaxValue, 8, 7)]
    public void Shares_of_rows_follow_each_other_and_begin_where_they_may(int rows, int step, int parts)
    {
        Assert.Equal(0, Share.Row(rows, step, 0, parts));
        Assert.Equal(rows, Share.Row(rows, step, parts, parts));
        for (int part = 1; part < parts; part++)
        {
            int start = Share.Row(rows, step, part, parts);
            Assert.True(start == rows || start % step == 0);
            Assert.InRange(start, Share.Row(rows, step, part - 1, parts), rows);
        }
    }

    private static void RunAndThrow(Team team, byte[] done, int thrower)
    {
        var frame = new Frame { Rows = thrower };
        frame.Memory0 = ref done[0];
        team.Run(in frame, static (in Frame frame, int part, int parts) =>
        {
            if (part == frame.Rows)
                throw new InvalidOperationException($"share {part}");
            Thread.Sleep(5);
            System.Runtime.CompilerServices.Unsafe.Add(ref frame.Memory0, part) = 1;
        });
    }
}
