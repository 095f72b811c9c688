using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DlGen.Gpu.Cases;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Cases;

/// <summary>Writes what the tests launched, and what it must leave behind, for devices: into the folder that DLGEN_EXPORT_CASES names, a file for each module.</summary>
internal static class CaseExport
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("DLGEN_EXPORT_CASES");

    private static readonly Dictionary<string, HashSet<string>> Written = [];

    public static bool IsAsked => !string.IsNullOrEmpty(Folder);

    /// <summary>Once, whichever tests it comes from.</summary>
    /// <param name="text">The module.</param>
    /// <param name="added">The case.</param>
    public static void Add(string text, KernelCase added)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        lock (Written)
        {
            string path = Path.Combine(Directory.CreateDirectory(Folder!).FullName, name + CaseFile.Extension);
            if (!Written.TryGetValue(name, out var cases))
            {
                Written.Add(name, cases = []);
                CaseFile.Begin(path, text);
            }

            if (cases.Add(Identity(added))) CaseFile.Append(path, added);
        }
    }

    /// <summary>Elements as a kernel has them; <see cref="DeviceBuffer.Unwritten"/> stands for those that nobody wrote.</summary>
    public static CaseBuffer Buffer(CaseElement element, double[] before, double[] expected) => new(element, Bytes(element, before), Bytes(element, expected));

    /// <summary>Integers that stay as they are.</summary>
    public static CaseBuffer Buffer(CaseElement element, byte[] bytes) => new(element, bytes, bytes);

    public static CaseBuffer Words(uint[] before, uint[] expected) => new(CaseElement.Int32, MemoryMarshal.AsBytes(before.AsSpan()).ToArray(), MemoryMarshal.AsBytes(expected.AsSpan()).ToArray());

    public static byte[] Words(params long[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>Memory that entries hand results through.</summary>
    public static CaseBuffer Unwritten(int bytes)
    {
        byte[] before = new byte[bytes];
        Array.Fill(before, CaseBuffer.Unwritten);
        return new(CaseElement.Byte, before, Expected: null);
    }

    public static int BytesOf(CaseElement element) => element switch { CaseElement.Byte => 1, CaseElement.BFloat16 => 2, CaseElement.Float64 => 8, _ => 4 };

    private static string Identity(KernelCase added)
    {
        var all = new List<byte>();
        foreach (var buffer in added.Buffers)
        {
            all.AddRange(buffer.Before);
            all.AddRange(buffer.Expected ?? []);
        }
        return added.Form + added.Name + string.Join(' ', added.Launches.Select(launch => launch.ToString())) + Convert.ToHexString(SHA256.HashData([.. all]));
    }

    private static byte[] Bytes(CaseElement element, double[] values)
    {
        int size = BytesOf(element);
        byte[] bytes = new byte[values.Length * size];
        Array.Fill(bytes, CaseBuffer.Unwritten);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == DeviceBuffer.Unwritten) continue;
            var place = bytes.AsSpan(i * size, size);
            switch (element)
            {
                case CaseElement.Byte: place[0] = (byte)values[i]; break;
                case CaseElement.BFloat16: BitConverter.TryWriteBytes(place, InstructionSet.ToBFloat16((float)values[i])); break;
                case CaseElement.Int32: BitConverter.TryWriteBytes(place, (int)values[i]); break;
                case CaseElement.Float64: BitConverter.TryWriteBytes(place, values[i]); break;
                default: BitConverter.TryWriteBytes(place, (float)values[i]); break;
            }
        }
        return bytes;
    }
}
