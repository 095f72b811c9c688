using System.Numerics;
using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>Queues the launches of programs: gives each argument its address for so many rows, and each kernel the variant for them.</summary>
internal sealed unsafe class ProgramLauncher<T>(CudaNetwork network, DeviceModel<T> model, Device device) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DeviceBlock arena = new(device);
    private readonly DeviceBlock workspace = new(device);
    private readonly DeviceBlock block = new(device);
    private readonly DeviceBlock outputs = new(device);

    /// <summary>The batch's block.</summary>
    public DeviceBlock Block => block;

    /// <summary>The outputs, one after the other.</summary>
    public DeviceBlock Outputs => outputs;

    /// <summary>What steps of a sequence hand on.</summary>
    public nint Memory { get; set; }

    /// <summary>Goes up whenever an address that launches were given has changed.</summary>
    public int Moves => arena.Moves + workspace.Moves + block.Moves + outputs.Moves;

    /// <summary>Makes room for a program over so many rows.</summary>
    public void Ensure(CudaProgram program, int rows, long blockBytes, long outputBytes)
    {
        arena.Ensure((program.SharedLength + (program.RowLength + (long)program.ScratchLength) * rows) * sizeof(T));
        long most = 0;
        foreach (CudaLaunch launch in program.Prepare)
            most = Math.Max(most, network.Kernels[launch.Kernel].For(1, device.SharedBytesPerBlock).WorkspaceFor(1));
        foreach (CudaLaunch launch in program.Launches)
            most = Math.Max(most, network.Kernels[launch.Kernel].For(rows, device.SharedBytesPerBlock).WorkspaceFor(rows));
        workspace.Ensure(most);
        block.Ensure(blockBytes);
        outputs.Ensure(outputBytes);
    }

    /// <summary>Queues some of a program's launches.</summary>
    /// <param name="program">The program.</param>
    /// <param name="launches">Its launches.</param>
    /// <param name="rows">The rows; 1 for what has none.</param>
    /// <param name="layout">Where the batch's pieces lie.</param>
    /// <param name="outputOffsets">Where the outputs lie.</param>
    public void Queue(CudaProgram program, ReadOnlySpan<CudaLaunch> launches, int rows, BatchLayout layout, long[] outputOffsets)
    {
        for (int first = 0, end; first < launches.Length; first = end)
        {
            end = first + 1;
            while (end < launches.Length && launches[first].Loop != 0 && launches[end].Loop == launches[first].Loop)
                end++;
            for (int time = 0; time < launches[first].Steps; time++)
            {
                for (int i = first; i < end; i++)
                    Queue(program, launches[i], rows, time, layout, outputOffsets);
            }
        }
    }

    /// <summary>The address of an argument.</summary>
    public nint AddressOf(CudaProgram program, CudaArgument argument, int rows, int time, BatchLayout layout, long[] outputOffsets)
    {
        long elements = (long)argument.Start * rows + argument.Offset + (long)argument.StepStride * time;
        return argument.Region switch
        {
            CudaRegion.Parameters => At(model.Parameters, elements),
            CudaRegion.Derived => At(model.Derived, elements),
            CudaRegion.Gradients => At(model.Gradients, elements),
            CudaRegion.Constants => At(model.Constants, elements),
            CudaRegion.Memory => At(Memory, elements),

            // The number that gradients are multiplied by comes with the batch.
            CudaRegion.Shared when argument.Offset == program.LossScale => block.Address + BatchLayout.Scale,
            CudaRegion.Shared => At(arena.Address, elements),
            CudaRegion.Rows => At(arena.Address, program.SharedLength + elements),
            CudaRegion.Scratch => At(arena.Address, program.SharedLength + (long)program.RowLength * rows + elements),
            CudaRegion.Output => At(outputs.Address + (nint)outputOffsets[argument.Index], elements),
            CudaRegion.Input => block.Address + (nint)(layout.Offsets[argument.Index] + elements * BatchLayout.BytesOf(network.Fields[argument.Index], sizeof(T))),
            _ => throw new ArgumentOutOfRangeException(nameof(argument), argument.Region, "A piece of memory that devices do not have."),
        };
    }

    public void Dispose()
    {
        arena.Dispose();
        workspace.Dispose();
        block.Dispose();
        outputs.Dispose();
    }

    private static nint At(nint address, long elements) => address + (nint)(elements * sizeof(T));

    private void Queue(CudaProgram program, CudaLaunch launch, int rows, int time, BatchLayout layout, long[] outputOffsets)
    {
        CudaKernel kernel = network.Kernels[launch.Kernel];
        CudaVariant variant = kernel.For(rows, device.SharedBytesPerBlock);
        Span<long> arguments = stackalloc long[kernel.Buffers + 3];
        int count = 0;
        for (; count < kernel.Buffers; count++)
            arguments[count] = AddressOf(program, launch.Arguments[count], rows, time, layout, outputOffsets);
        if (kernel.Draws)
            arguments[count++] = block.Address + BatchLayout.Draw;
        if (variant.HasWorkspace)
            arguments[count++] = workspace.Address;
        arguments[count++] = rows;
        foreach (CudaEntry entry in variant.Entries)
        {
            if (entry.Blocks(rows) is > 0 and long blocks)
                device.Launch(model.Function(entry.Name), checked((int)blocks), entry.Threads, entry.SharedBytes, arguments[..count]);
        }
    }
}
