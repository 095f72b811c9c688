using System.Globalization;
using System.Text;
using DlGen.Devices;

namespace DlGen.Gpu.Cases;

/// <summary>Runs cases on a device, every buffer between guards, and tells by form what differs.</summary>
internal sealed unsafe class CaseRun(Device device, TextWriter output)
{
    /// <summary>Before each buffer, which keeps it aligned, and directly behind it.</summary>
    private const int GuardBytes = 256;

    private const byte Guard = 0xA5;

    private readonly SortedDictionary<string, Tally> forms = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];

    public bool HasFailed => failures.Count > 0;

    /// <summary>All files of a folder.</summary>
    public void RunFolder(string folder)
    {
        string[] paths = Directory.GetFiles(folder, "*" + CaseFile.Extension);
        if (paths.Length == 0) throw new InvalidDataException($"{folder} has no files of cases (*{CaseFile.Extension}); DLGEN_EXPORT_CASES={folder} before the tests of tests/Cuda.Tests makes them.");
        foreach (string path in paths.Order(StringComparer.Ordinal)) Run(CaseFile.Read(path));
    }

    public void Run(CaseFile file)
    {
        if (TargetOf(file.Text) > device.ComputeCapability)
        {
            foreach (KernelCase skipped in file.Cases) TallyOf(skipped).Skipped++;
            return;
        }

        nint module = device.LoadModule(Encoding.UTF8.GetBytes(file.Text));
        foreach (KernelCase tried in file.Cases)
        {
            Tally tally = TallyOf(tried);
            tally.Tried++;
            var (error, difference) = Try(module, tried);
            tally.Error = Math.Max(tally.Error, error);
            tally.Bound = Math.Max(tally.Bound, tried.Bound);
            if (difference is null) continue;
            tally.Failed++;
            failures.Add($"{tried.Form}, {tried.Name}: {difference}");
        }

        device.Unload(module);
    }

    public void Summarise()
    {
        const int most = 40;
        output.WriteLine($"{"",-64}{"cases",8}{"left out",10}{"failed",8}{"error",10}{"allowed",10}");
        foreach (var (form, tally) in forms)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{form,-64}{tally.Tried,8}{tally.Skipped,10}{tally.Failed,8}{tally.Error,10:E1}{tally.Bound,10:E0}"));
        output.WriteLine();
        foreach (string failure in failures.Take(most)) output.WriteLine(failure);
        if (failures.Count > most) output.WriteLine($"and {failures.Count - most} more");
        output.WriteLine($"{forms.Values.Sum(t => t.Tried)} cases of kernels, {failures.Count} failed, {forms.Values.Sum(t => t.Skipped)} left out for newer chips");
    }

    private (double Error, string? Difference) Try(nint module, KernelCase tried)
    {
        nint[] places = new nint[tried.Buffers.Length], staged = new nint[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            byte[] before = tried.Buffers[i].Before;
            int bytes = before.Length + (2 * GuardBytes);
            (places[i], staged[i]) = (device.Allocate(bytes), device.AllocatePinned(bytes));
            var image = new Span<byte>((void*)staged[i], bytes);
            image.Fill(Guard);
            before.CopyTo(image[GuardBytes..]);
            device.CopyToDevice(places[i], staged[i], bytes);
        }

        long[] arguments = [.. tried.Arguments.Select(a => a.Buffer < 0 ? a.Value : places[a.Buffer] + GuardBytes + a.Value)];
        foreach (var (entry, blocks, threads, sharedBytes) in tried.Launches)
            device.Launch(device.Function(module, entry, sharedBytes), blocks, threads, sharedBytes, arguments);
        for (int i = 0; i < places.Length; i++) device.CopyToHost(staged[i], places[i], tried.Buffers[i].Before.Length + (2 * GuardBytes));
        device.Synchronize();

        double largest = 0;
        string? first = null;
        for (int i = 0; i < places.Length; i++)
        {
            int length = tried.Buffers[i].Before.Length;
            var image = new ReadOnlySpan<byte>((void*)staged[i], length + (2 * GuardBytes));
            if (image[..GuardBytes].ContainsAnyExcept(Guard)) first ??= $"something is written before buffer {i}";
            if (image[(GuardBytes + length)..].ContainsAnyExcept(Guard)) first ??= $"something is written behind buffer {i}";
            if (tried.Buffers[i].Expected is not null)
            {
                var (error, difference) = CaseComparison.Of(tried.Buffers[i], image.Slice(GuardBytes, length), tried.Bound);
                largest = Math.Max(largest, error);
                if (difference is not null) first ??= $"buffer {i}, {difference}";
            }

            device.FreePinned(staged[i]);
            device.Free(places[i]);
        }

        return (largest, first);
    }

    private Tally TallyOf(KernelCase tried)
    {
        if (!forms.TryGetValue(tried.Form, out Tally? tally)) forms.Add(tried.Form, tally = new Tally());
        return tally;
    }

    /// <summary>70 of ".target sm_70".</summary>
    private static int TargetOf(string text)
    {
        const string before = ".target sm_";
        int at = text.IndexOf(before, StringComparison.Ordinal) + before.Length, end = at;
        while (char.IsAsciiDigit(text[end])) end++;
        return int.Parse(text.AsSpan(at, end - at), CultureInfo.InvariantCulture);
    }

    private sealed class Tally
    {
        public int Tried { get; set; }

        public int Skipped { get; set; }

        public int Failed { get; set; }

        public double Error { get; set; }

        public double Bound { get; set; }
    }
}
