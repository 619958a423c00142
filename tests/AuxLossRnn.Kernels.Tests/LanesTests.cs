using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The elementwise functions against the runtime's in double.</summary>
public sealed unsafe class LanesTests
{
    // Four units in the last place of a float32 that lies just above a power of two.
    private const double Tolerance = 1.0 / (1 << 22);

    public enum Function
    {
        Exp,
        Sigmoid,
        Tanh,
    }

    public enum Register
    {
        Narrow,
        Wide,
    }

    public static TheoryData<Register> Registers => Lanes.HasAvx512 ? [Register.Narrow, Register.Wide] : [Register.Narrow];

    public static TheoryData<Register, Function> Functions => new MatrixTheoryData<Register, Function>(Registers.Select(row => row.Data), Enum.GetValues<Function>());

    /// <summary>400,001 numbers from −20 to 20, and numbers of every size near zero.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Float32_is_within_four_units_in_the_last_place(Register register, Function function)
    {
        IEnumerable<float> even = Enumerable.Range(-200_000, 400_001).Select(i => i * 1e-4f);
        IEnumerable<float> small = Enumerable.Range(0, 4_000).Select(i => MathF.Pow(2, -i / 32f)).Where(x => x > 1e-35f);
        double worst = 0;
        foreach (float[] chunk in even.Concat(small).Concat(small.Select(x => -x)).Chunk(16))
        {
            float[] values = Apply(register, function, chunk);
            for (int i = 0; i < chunk.Length; i++)
            {
                double exact = Exact(function, chunk[i]);
                worst = Math.Max(worst, exact == 0 ? Math.Abs(values[i]) : Math.Abs(values[i] - exact) / Math.Abs(exact));
            }
        }

        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Float64_is_the_runtimes(Register register, Function function)
    {
        double[] numbers = [-800, -20, -1, -1e-9, 0, 1e-300, 0.5, 30];
        double[] values = Apply(register, function, numbers);

        Assert.All(numbers.Zip(values), pair => Assert.InRange(
            Math.Abs(pair.Second - Exact(function, pair.First)), 0, 1e-15 * Math.Max(1, Exact(function, pair.First))));
    }

    [Theory]
    [MemberData(nameof(Registers))]
    public void Large_numbers_saturate(Register register)
    {
        foreach (float x in new[] { 100, 1e4f, float.MaxValue, float.PositiveInfinity })
        {
            Assert.Equal(1, Apply(register, Function.Tanh, [x])[0]);
            Assert.Equal(-1, Apply(register, Function.Tanh, [-x])[0]);
            Assert.Equal(1, Apply(register, Function.Sigmoid, [x])[0]);
            Assert.InRange(Apply(register, Function.Sigmoid, [-x])[0], 0, 1e-37f);
            Assert.InRange(Apply(register, Function.Exp, [-x])[0], 0, 1e-37f);
            Assert.True(Apply(register, Function.Exp, [x])[0] is > 1e38f and < float.PositiveInfinity);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void What_is_not_a_number_stays_none(Register register, Function function)
    {
        Assert.All(Apply(register, function, [float.NaN, -float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001)]), value => Assert.True(float.IsNaN(value)));
        Assert.All(Apply(register, function, [double.NaN, -double.NaN]), value => Assert.True(double.IsNaN(value)));
    }

    [Theory]
    [MemberData(nameof(Registers))]
    public void The_largest_number_is_none_where_one_is_not_a_number(Register register)
    {
        float[] numbers = [.. Enumerable.Range(-8, 16).Select(i => (float)i)];
        Assert.Equal(register == Register.Wide ? 7 : numbers[Vector<float>.Count - 1], Largest(register, numbers));
        numbers[3] = float.NaN;
        Assert.True(float.IsNaN(Largest(register, numbers)));
    }

    private static float Largest(Register register, float[] numbers)
    {
        fixed (float* at = numbers)
        {
            return register == Register.Wide
                ? Lanes.Largest<float, Register512<float>>(Register512<float>.Load(at))
                : Lanes.Largest<float, NarrowRegister<float>>(NarrowRegister<float>.Load(at));
        }
    }

    private static T[] Apply<T>(Register register, Function function, T[] numbers)
        where T : unmanaged => register == Register.Wide
            ? Apply<T, Register512<T>>(function, numbers)
            : Apply<T, NarrowRegister<T>>(function, numbers);

    private static T[] Apply<T, TRegister>(Function function, T[] numbers)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        T[] padded = new T[(numbers.Length + TRegister.Count - 1) / TRegister.Count * TRegister.Count];
        numbers.CopyTo(padded, 0);
        fixed (T* first = padded)
        {
            for (T* at = first; at < first + padded.Length; at += TRegister.Count)
            {
                TRegister x = TRegister.Load(at);
                TRegister y = function switch
                {
                    Function.Exp => Lanes.Exp<T, TRegister>(x),
                    Function.Sigmoid => Lanes.Sigmoid<T, TRegister>(x),
                    _ => Lanes.Tanh<T, TRegister>(x),
                };
                y.Store(at);
            }
        }

        return padded[..numbers.Length];
    }

    private static double Exact(Function function, double x) => function switch
    {
        Function.Exp => Math.Exp(x),
        Function.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => Math.Tanh(x),
    };
}
