using DlGen.Gpu.Cases;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>What a kernel reads, or what it must write.</summary>
internal sealed record TiledBuffer(string Name, double[] Values, bool IsBFloat16 = false, bool IsInteger = false)
{
    private static readonly Random Random = new(7);

    public static TiledBuffer Draw(string name, int count, double scale = 1, bool isBFloat16 = false)
    {
        lock (Random) return new TiledBuffer(name, [.. Enumerable.Range(0, count).Select(_ => Round(((2 * Random.NextDouble()) - 1) * scale, isBFloat16))], isBFloat16);
    }

    /// <summary>The device's bytes: as they are, or without value.</summary>
    public ulong Allocate(PtxDevice device, bool withValues)
    {
        if (!withValues) return device.Allocate(Name, Values.Length * (IsBFloat16 ? 2 : 4));
        if (IsBFloat16) return device.Allocate<ushort>(Name, [.. Values.Select(v => InstructionSet.ToBFloat16((float)v))]);
        return IsInteger ? device.Allocate<int>(Name, [.. Values.Select(v => (int)v)]) : device.Allocate<float>(Name, [.. Values.Select(v => (float)v)]);
    }

    public double[] Read(PtxDevice device, ulong address) => IsBFloat16
        ? [.. device.CopyOut<ushort>(address, Values.Length).Select(bits => (double)BitConverter.UInt32BitsToSingle((uint)bits << 16))]
        : [.. device.CopyOut<float>(address, Values.Length).Select(v => (double)v)];

    /// <summary>As a case has it: full before, or full behind.</summary>
    public CaseBuffer ForCase(bool isOutput)
    {
        var element = IsBFloat16 ? CaseElement.BFloat16 : IsInteger ? CaseElement.Int32 : CaseElement.Float32;
        return isOutput ? CaseExport.Buffer(element, [.. Enumerable.Repeat(DeviceBuffer.Unwritten, Values.Length)], Values) : CaseExport.Buffer(element, Values, Values);
    }

    private static double Round(double value, bool toBFloat16) => toBFloat16 ? BitConverter.UInt32BitsToSingle((uint)InstructionSet.ToBFloat16((float)value) << 16) : (float)value;
}

/// <summary>A kernel in tiles with what it is launched on, and what it must give: each element within a bound, relative to it or to 1.</summary>
/// <param name="Rows">Its last argument; null where it has none.</param>
internal sealed record TiledKernel(string Text, int Blocks, int Threads, int SharedBytes, TiledBuffer[] Inputs, TiledBuffer[] Outputs, double Bound, int? Rows)
{
    /// <summary>The launch with what it must leave behind, to be tried elsewhere.</summary>
    public KernelCase Case(string name)
    {
        CaseBuffer[] buffers = [.. Inputs.Select(i => i.ForCase(isOutput: false)), .. Outputs.Select(o => o.ForCase(isOutput: true))];
        List<CaseArgument> arguments = [.. buffers.Select((_, b) => new CaseArgument(b, 0))];
        if (Rows is { } rows) arguments.Add(CaseArgument.Number(rows));
        return new KernelCase(name, "in tiles: " + name, Bound, buffers, [.. arguments], [new CaseLaunch(PtxParser.Parse(Text).Keys.Single(), Blocks, Threads, SharedBytes)]);
    }

    /// <summary>Runs the text; every element that differs too much, or else the largest error.</summary>
    public (List<string> Wrong, double Error) Run(string text, int seed)
    {
        var device = new PtxDevice(seed);
        device.Load(text);
        ulong[] outputs = [.. Outputs.Select(o => o.Allocate(device, withValues: false))];
        long[] arguments = [.. Inputs.Select(i => (long)i.Allocate(device, withValues: true)), .. outputs.Select(o => (long)o)];
        if (Rows is { } rows) arguments = [.. arguments, rows];
        device.Launch(PtxParser.Parse(text).Keys.Single(), Blocks, Threads, SharedBytes, arguments);
        var wrong = new List<string>();
        double largest = 0;
        for (int o = 0; o < outputs.Length; o++)
        {
            double[] actual = Outputs[o].Read(device, outputs[o]);
            for (int i = 0; i < actual.Length; i++)
            {
                double expected = Outputs[o].Values[i], error = Math.Abs(actual[i] - expected) / Math.Max(1, Math.Abs(expected));
                largest = Math.Max(largest, error);
                if (!(error <= Bound)) wrong.Add($"{Outputs[o].Name}[{i}] is {actual[i]} instead of {expected}");
            }
        }
        return (wrong, largest);
    }
}
