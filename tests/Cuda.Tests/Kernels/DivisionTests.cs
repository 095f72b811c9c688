using DlGen.Ptx;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>Quotients and remainders by constants, of the numbers at which a factor that is a little off shows.</summary>
public class DivisionTests
{
    private static readonly long[] Divisors = [1, 2, 3, 5, 6, 7, 10, 16, 25, 28, 49, 64, 100, 127, 255, 641, 784, 1001, 4096, 5003, 65_537, 100_000, 1 << 20, 16_777_213, 715_827_883, int.MaxValue - 1, int.MaxValue];

    [Fact]
    public void Of_32_bits() => Check(RegisterKind.Integer32, int.MaxValue, Divisors);

    [Fact]
    public void Of_64_bits() => Check(RegisterKind.Integer64, long.MaxValue, [.. Divisors, 1L << 33, 6_700_417L * 641, (1L << 62) + 1, long.MaxValue - 1, long.MaxValue]);

    private static void Check(RegisterKind kind, long most, long[] divisors)
    {
        bool isNarrow = kind == RegisterKind.Integer32;
        string bits = isNarrow ? "32" : "64";
        int size = isNarrow ? 4 : 8;
        foreach (long divisor in divisors)
        {
            long[] numbers = [.. Numbers(divisor, most).Distinct()];
            var writer = new PtxWriter();
            string input = writer.Emit(RegisterKind.Integer64, "cvta.to.global.u64", writer.Emit(RegisterKind.Integer64, "ld.param.u64", "[input]"));
            string output = writer.Emit(RegisterKind.Integer64, "cvta.to.global.u64", writer.Emit(RegisterKind.Integer64, "ld.param.u64", "[output]"));
            string thread = writer.Emit(RegisterKind.Integer32, "mov.u32", "%tid.x");
            string number = writer.Emit(kind, $"ld.global.b{bits}", $"[{writer.Emit(RegisterKind.Integer64, "mad.wide.u32", thread, PtxWriter.Number(size), input)}]");
            string place = writer.Emit(RegisterKind.Integer64, "mad.wide.u32", thread, PtxWriter.Number(2 * size), output);
            string quotient = writer.Quotient(number, PtxWriter.Number(divisor)), remainder = writer.Remainder(number, PtxWriter.Number(divisor));
            writer.Do($"st.global.b{bits}", $"[{place}]", quotient);
            writer.Do($"st.global.b{bits}", $"[{place}+{PtxWriter.Number(size)}]", remainder == "0" ? writer.Emit(kind, $"mov.b{bits}", "0") : remainder);
            string entry = writer.Entry("divide", [(".u64", "input"), (".u64", "output")]);
            Assert.DoesNotContain("div.", entry, StringComparison.Ordinal);
            Assert.DoesNotContain("rem.", entry, StringComparison.Ordinal);

            var device = new PtxDevice();
            device.Load(".version 6.0\n.target sm_70\n.address_size 64\n" + entry);
            long[] found = isNarrow ? [.. Run(device, Array.ConvertAll(numbers, n => (int)n)).Select(n => (long)n)] : Run(device, numbers);
            for (int i = 0; i < numbers.Length; i++) Assert.Equal((numbers[i], numbers[i] / divisor, numbers[i] % divisor), (numbers[i], found[2 * i], found[(2 * i) + 1]));
        }
    }

    private static T[] Run<T>(PtxDevice device, T[] numbers)
        where T : unmanaged
    {
        ulong input = device.Allocate<T>("input", numbers), output = device.Allocate<T>("output", new T[2 * numbers.Length]);
        device.Launch("divide", 1, numbers.Length, 0, (long)input, (long)output);
        return device.CopyOut<T>(output, 2 * numbers.Length);
    }

    /// <summary>Around multiples of the divisor, small and as large as there are, and some between.</summary>
    private static IEnumerable<long> Numbers(long divisor, long most)
    {
        var random = new Random(1);
        long[] multiples = [0, 1, 2, most / divisor / 2, (most / divisor) - 1, most / divisor, .. Enumerable.Range(0, 20).Select(_ => random.NextInt64(Math.Max(1, most / divisor)))];
        foreach (long multiple in multiples.Where(m => m >= 0))
            foreach (long off in (long[])[-1, 0, 1])
                if (multiple * divisor + off is >= 0 and var number && number <= most) yield return number;
        yield return most;
        yield return most - 1;
        for (int i = 0; i < 20; i++) yield return random.NextInt64(most);
    }
}
