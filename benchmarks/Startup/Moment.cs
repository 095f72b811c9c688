using System.Diagnostics;
using System.Runtime;

namespace DlGen.Startup;

/// <summary>How far the process has come.</summary>
/// <param name="Name">At which point.</param>
/// <param name="Seconds">By the machine's monotonic clock, which the process that started this one reads too.</param>
/// <param name="Methods">Methods that the just-in-time compiler compiled up to here, on all threads.</param>
/// <param name="JitMilliseconds">How long that took.</param>
internal readonly record struct Moment(string Name, double Seconds, long Methods, double JitMilliseconds)
{
    public static Moment Now(string name)
    {
        // The clock first: asking for the others belongs to the next part.
        double seconds = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        return new Moment(name, seconds, JitInfo.GetCompiledMethodCount(), JitInfo.GetCompilationTime().TotalMilliseconds);
    }
}
