using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Emission;

/// <summary>The launches of a phase: one after the other, in loops over time or over equal blocks of the network, in methods that the JIT can optimise.</summary>
internal sealed partial class ProgramWriter
{
    /// <summary>About 10 KB of IL: more launches than this go to methods of their own, which the JIT still optimises.</summary>
    private const int LaunchesPerMethod = 96;

    private readonly List<Part> parts = [];

    /// <summary>Launches that are printed as a method of their own, after the method that calls it.</summary>
    private sealed record Part(string Name, EntryProgram Program, Phase Phase, IReadOnlyList<Repetition> Sections, string Parameters, bool Probe, bool IsShare);

    private void WriteLaunches(EntryProgram program, Phase phase, bool probe, bool isShare)
    {
        List<Repetition> sections = [.. SectionsOf(phase.Launches)];
        if (sections.Sum(s => s.Launches.Count) <= LaunchesPerMethod)
        {
            WriteEach(program, phase, sections, probe, isShare);
            return;
        }
        bool draws = phase.Launches.Any(l => module.Kernels[l.Kernel] is RandomKernel);
        string[] numbers = [
            .. phase.Kind switch { PhaseKind.Prepare => [], PhaseKind.Shards => isShare && UsesShard(program, phase) ? new[] { "int first", "int count", "int within" } : ["int first", "int count"], _ => isShare ? ["int rows", "int part", "int parts"] : ["int rows"] },
            .. draws ? new[] { "long seed", "long step" } : []];
        string parameters = string.Join(", ", references.Select(r => $"ref {r.Type} {r.Name}").Concat(numbers));
        string arguments = string.Join(", ", references.Select(r => "ref " + r.Name).Concat(numbers.Select(n => n.Substring(n.IndexOf(' ') + 1))));
        foreach (var together in PartsOf(sections))
        {
            var part = new Part($"{method}Part{Literal.Of(parts.Count + 1)}", program, phase, together, parameters, probe, isShare);
            parts.Add(part);
            writer.Line(probe ? $"if ({part.Name}({arguments}) is {{ }} layer{Literal.Of(parts.Count)}) return layer{Literal.Of(parts.Count)};" : $"{part.Name}({arguments});");
        }
    }

    /// <summary>Launches that run once, each by itself, and loops, which no part may cut.</summary>
    private static IEnumerable<IReadOnlyList<Launch>> Runs(IEnumerable<Launch> launches)
    {
        var run = new List<Launch>();
        foreach (var launch in launches)
        {
            if (run.Count > 0 && (launch.Loop is null || !launch.Loop.Equals(run[0].Loop)))
            {
                yield return run;
                run = [];
            }
            run.Add(launch);
        }
        if (run.Count > 0) yield return run;
    }

    /// <summary>What is printed together: a loop over time, a loop over equal blocks, or a launch.</summary>
    private static IEnumerable<Repetition> SectionsOf(IEnumerable<Launch> launches)
    {
        var single = new List<Launch>();
        foreach (var run in Runs(launches))
        {
            if (run[0].Loop is null)
            {
                single.AddRange(run);
                continue;
            }
            foreach (var repetition in Repetition.Of(single)) yield return repetition;
            single.Clear();
            yield return Repetition.Once(run);
        }
        foreach (var repetition in Repetition.Of(single)) yield return repetition;
    }

    private static IEnumerable<IReadOnlyList<Repetition>> PartsOf(IReadOnlyList<Repetition> sections)
    {
        var part = new List<Repetition>();
        foreach (var section in sections)
        {
            if (part.Count > 0 && part.Sum(s => s.Launches.Count) + section.Launches.Count > LaunchesPerMethod)
            {
                yield return part;
                part = [];
            }
            part.Add(section);
        }
        if (part.Count > 0) yield return part;
    }

    private void WriteParts()
    {
        foreach (var part in parts)
        {
            writer.Line();
            using (writer.Block($"private static {(part.Probe ? "string?" : "void")} {part.Name}({part.Parameters})"))
            {
                WriteEach(part.Program, part.Phase, part.Sections, part.Probe, part.IsShare);
                if (part.Probe) writer.Line("return null;");
            }
        }
        parts.Clear();
    }

    private void WriteEach(EntryProgram program, Phase phase, IReadOnlyList<Repetition> sections, bool probe, bool isShare)
    {
        int run = 0;
        foreach (var section in sections)
        {
            var loop = section.Launches[0].Loop;
            if (section.Count > 1) writer.Line($"// {Literal.Of(section.Count)} rounds of equal launches: from one to the next, a place lies so much further as {Repetition.Variable} is multiplied by.");
            using var repeated = section.Count == 1 ? (SourceWriter.BlockScope?)null
                : writer.Block($"for (int {Repetition.Variable} = 0; {Repetition.Variable} < {Literal.Of(section.Count)}; {Repetition.Variable}++)");
            if (loop is not null)
            {
                using var whole = WholeOf(section, 0, run++);
                using var time = writer.Block($"for (int time = 0; time < {Literal.Of(loop.Steps)}; time++)");
                for (int i = 0; i < section.Launches.Count; i++) Write(program, section, i, phase, probe, isShare);
                continue;
            }
            for (int i = 0; i < section.Launches.Count; i++)
            {
                using var whole = WholeOf(section, i, run + i);
                Write(program, section, i, phase, probe, isShare);
            }
            run += section.Launches.Count * section.Count;
        }

        // What can't be divided is computed by one of the threads, each by another where there are several.
        SourceWriter.BlockScope? WholeOf(Repetition section, int launch, int number)
        {
            if (!isShare || phase.Kind != PhaseKind.Batch || Divides(section.Launches[launch])) return null;
            if (section.Count == 1) return writer.Block($"if (part == {(number == 0 ? "0" : Literal.Of(number) + " % parts")})");
            return writer.Block($"if (part == ({Literal.Of(number)} + ({Repetition.Variable} * {Literal.Of(section.Launches.Count)})) % parts)");
        }
    }

    /// <summary>Whether each thread computes a share: what is printed as nested loops is one thread's, and so is what runs in a loop.</summary>
    private bool Divides(Launch launch)
        => launch.Loop is null && Signature.IsDivided(module.Kernels[launch.Kernel]) && !options.Plain && KernelPrinter.HasTemplate(module.Kernels[launch.Kernel], options);

    private void Write(EntryProgram program, Repetition section, int number, Phase phase, bool probe, bool isShare)
    {
        var launch = section.Launches[number];
        bool isSharded = phase.Kind == PhaseKind.Shards;
        var kernel = module.Kernels[launch.Kernel];
        bool walksShards = Signature.IsSharded(kernel);
        var arguments = launch.Arguments.Select((a, i) =>
        {
            // Ids that kernels make for themselves lie where elements would.
            bool isScratchOfInts = kernel.Buffers[i].IsInteger && a.Region != Region.Input;
            string reference = isScratchOfInts ? $"ref Unsafe.As<{element}, int>({Reference(a, isSharded, isShare, section.Stride(number, i))})" : Reference(a, isSharded, isShare, section.Stride(number, i));
            // Threads that share a kernel of the whole batch each have scratch of their own.
            if (a.Region == Region.Scratch && isShare && phase.Kind == PhaseKind.Batch && Divides(launch)) reference = $"ref Unsafe.Add({reference}, part * {Literal.Of(program.ScratchLength)})";
            int intsPerElement = isScratchOfInts && module.Float64 ? 2 : 1;
            return reference + (walksShards ? ", " + Literal.Of(ShardStride(program, a) * intsPerElement) : "");
        }).ToList();
        arguments.Add(isSharded ? "count" : phase.Kind == PhaseKind.Batch ? "rows" : "1");
        if (walksShards) arguments.Add(Literal.Of(module.ShardRows));
        if (Signature.IsDivided(kernel)) arguments.AddRange(isShare && phase.Kind == PhaseKind.Batch && Divides(launch) ? ["part", "parts"] : ["0", "1"]);
        if (kernel is RandomKernel) arguments.AddRange(["first", "seed", "(ulong)step"]);
        writer.Line($"{NetworkClass.KernelName(module, launch.Kernel)}({string.Join(", ", arguments)}); // {section.NameOfAll(number, l => l.Comment)}");
        if (!probe) return;
        for (int i = 0; i < launch.Forward.Count; i++)
        {
            var (argument, lines, lineLength, lineStride, rowStride, _) = launch.Forward[i];
            int place = i;
            string layer = section.NameOfAll(number, l => l.Forward[place].Layer);
            string name = layer == launch.Forward[i].Layer ? $"\"{layer}\"" : $"$\"{layer}\"";
            string values = Reference(launch.Arguments[argument], isSharded, isShare, section.Stride(number, argument)), length = Literal.Of(lineLength);
            string finite = $"!global::DlGen.Compiled.Check.AllFinite<{element}>(MemoryMarshal.CreateReadOnlySpan(";
            if (lines > 1)
            {
                writer.Line("for (int row = 0; row < count; row++)");
                writer.Line($"    for (int line = 0; line < {Literal.Of(lines)}; line++) if ({finite}ref Unsafe.Add({values}, (row * {Literal.Of(rowStride)}) + (line * {Literal.Of(lineStride)})), {length}))) return {name};");
                continue;
            }
            writer.Line(rowStride == lineLength
                ? $"if ({finite}{values}, count * {length}))) return {name};"
                : $"for (int row = 0; row < count; row++) if ({finite}ref Unsafe.Add({values}, row * {Literal.Of(rowStride)}), {length}))) return {name};");
        }
    }
}
