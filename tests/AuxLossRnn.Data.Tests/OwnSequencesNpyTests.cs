using System.Buffers.Binary;
using System.Text;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

/// <summary>The arrays in the folder <c>npy</c> were written by NumPy: 0 … 11 as [2, 3, 2], less 2 where signed, halved where real.</summary>
public sealed class OwnSequencesNpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("f4", 0.5, -2)]
    [InlineData("f8", 0.5, -2)]
    [InlineData("i1", 1, -2)]
    [InlineData("i2", 1, -2)]
    [InlineData("i4", 1, -2)]
    [InlineData("i8", 1, -2)]
    [InlineData("u1", 1, 0)]
    [InlineData("u2", 1, 0)]
    [InlineData("u4", 1, 0)]
    [InlineData("u8", 1, 0)]
    [InlineData("f4-v2", 0.5, -2)]
    [InlineData("f4-v3", 0.5, -2)]
    [InlineData("f4-fortran", 0.5, -2)]
    [InlineData("f4-2d", 0.5, -2)]
    public void What_NumPy_wrote_is_read(string name, double factor, double first)
    {
        var own = OwnSequences.FromNpy(Saved(name), Saved("labels-i8"));

        Assert.Equal(name == "f4-2d" ? (2, 6, 1) : (2, 3, 2), (own.Count, own.Steps, own.Features));
        double[] read = [.. from i in Enumerable.Range(0, 2) from t in Enumerable.Range(0, own.Steps) from x in own.ValuesAt(i, t).ToArray() select x];
        Assert.Equal(Enumerable.Range(0, 12).Select(k => k * factor + first), read);
        Assert.Equal([1, 0], own.Indices(["1", "3"]));
    }

    [Fact]
    public void Booleans_are_0_and_1_and_labels_may_be_text()
    {
        var own = OwnSequences.FromNpy(Saved("b1"), Saved("labels-U"));

        Assert.Equal([0, 1], own.ValuesAt(0, 0));
        Assert.Equal([0, 1], own.Indices(["walk", "è"]));
    }

    [Fact]
    public void Integers_may_be_tokens()
    {
        DatasetSplits data = OwnSequences.FromNpy(Saved("u1"), Saved("labels-i8"), tokens: true).Split(0, 0);

        Assert.Equal(12, data.Train.Format!.Levels);
        Assert.Equal(40, OwnSequences.FromNpy(Saved("u1"), Saved("labels-i8"), tokens: true, levels: 40).Split(0, 0).Train.Format!.Levels);
        AssertRefused(() => OwnSequences.FromNpy(Saved("u1"), tokens: true, levels: 11), "is the token 11, but tokens are 0 … 10");
        AssertRefused(() => OwnSequences.FromNpy(Saved("u1"), tokens: true, levels: -5), "-5 levels are not possible");
        AssertRefused(() => OwnSequences.FromNpy(Saved("u1"), levels: 40), "Say tokens: true");
        AssertRefused(() => OwnSequences.FromNpy(Saved("i4"), tokens: true), "is the token -2");
        AssertRefused(() => OwnSequences.FromNpy(Saved("f4"), tokens: true), "'<f4'. Expected integers");
    }

    [Theory]
    [InlineData("f4-big", "np.save(path, x.astype('<f4'))")]
    [InlineData("f2", "np.save(path, x.astype('<f4'))")]
    [InlineData("c8", "np.stack([x.real, x.imag], axis=-1)")]
    [InlineData("labels-U", "Expected numbers: float32, float64 or integers, little-endian. Save it with np.save(path, x.astype('<f4')).")]
    [InlineData("f4-1d", "shape [12]. Expected [sequences, steps] or [sequences, steps, channels]: for one sequence, save x[np.newaxis, :].")]
    [InlineData("f4-4d", "shape [2, 3, 2, 1]. Expected [sequences, steps] or [sequences, steps, channels]: flatten what")]
    [InlineData("scalar", "shape []. Expected")]
    [InlineData("f4-empty", "holds no sequence")]
    [InlineData("object", "'|O', Python's own objects. Expected numbers: float32, float64 or integers, little-endian. If its sequences differ in length, fill them up with NaN")]
    [InlineData("structured", "structured_to_unstructured(x)")]
    public void Another_type_or_shape_is_refused(string name, string sentence) => AssertRefused(() => OwnSequences.FromNpy(Saved(name)), sentence);

    [Theory]
    [InlineData("f4", "shape [2, 3, 2]. Expected [sequences]: one label each.")]
    [InlineData("f4-1d", "'<f4'. Expected labels: integers or text, little-endian. Save it with np.save(path, y.astype('<i8')).")]
    [InlineData("labels-S", "'|S1', bytes. Expected labels: integers or text, little-endian. Save it with np.save(path, y.astype(str)).")]
    public void Labels_of_another_type_or_shape_are_refused(string name, string sentence) =>
        AssertRefused(() => OwnSequences.FromNpy(Saved("f4"), Saved(name)), sentence);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24, null)]
    [InlineData("{'shape': (2, 3), 'descr': '<f4', 'fortran_order': False}", 24, null)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23, "asks for 24 bytes, found 23")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, "asks for 24 bytes, found 25")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000, 300000), }", 24, "asks for 2400000000 bytes, found 24")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (200000, 300000), }", 24, "more than an array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 3), }", 24, "more than an array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3), }", 24, "describes no plain array")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }", 24, "describes no plain array")]
    [InlineData("{'descr': '<f0', 'fortran_order': False, 'shape': (2, 3), }", 24, "is damaged")]
    [InlineData("{'descr': '<i0', 'fortran_order': False, 'shape': (2, 3), }", 0, "'<i0'. Expected numbers")]
    [InlineData("", 0, "describes no plain array")]
    public void The_header_says_how_many_bytes_follow(string header, int bytes, string? sentence)
    {
        string path = _folder.Write("x.npy", Npy(header, new byte[bytes]));
        if (sentence is null)
        {
            Assert.Equal(3, OwnSequences.FromNpy(path).Steps);
        }
        else
        {
            AssertRefused(() => OwnSequences.FromNpy(path), header.Contains("'<f0'", StringComparison.Ordinal) ? "'<f0'" : sentence);
        }
    }

    [Fact]
    public void Damage_before_the_header_is_named()
    {
        byte[] whole = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", new byte[24]);
        AssertRefused(() => Read([.. whole[..6], 4, .. whole[7..]]), "version 4.0");
        AssertRefused(() => Read([.. "NUMPY is not here"u8]), "does not begin with the bytes 93 'NUMPY'");
        AssertRefused(() => Read([]), "is cut short: expected 8 bytes");
        AssertRefused(() => Read([.. whole[..8], 255, 255]), "announces a header of 65535 bytes, but 0 follow");
        AssertRefused(() => OwnSequences.FromNpy(Path.Combine(_folder.Path, "none.npy")), "cannot be read");
    }

    [Fact]
    public void A_value_that_is_no_number_is_named_by_its_place()
    {
        byte[] data = new byte[24];
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(16), float.NaN);
        AssertRefused(
            () => Read(Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", data)), "Step 1 of sequence 1 of", "is NaN");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Saved("f8"));
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.Throws<UserException>(() => Read(whole[..length])));
    }

    [Fact]
    public void Any_shape_in_either_order_is_read_as_it_was_written() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Bool).Sample((count, steps, features, fortran) =>
        {
            byte[] data = new byte[count * steps * features * 4];
            for (int k = 0; k < data.Length / 4; k++)
            {
                // The k-th item in memory: in C order the last index is fastest, in Fortran order the first.
                (int i, int t, int f) = fortran
                    ? (k % count, k / count % steps, k / (count * steps))
                    : (k / (steps * features), k / features % steps, k % features);
                BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4 * k), 100 * i + 10 * t + f);
            }

            OwnSequences own = Read(Npy(
                $"{{'descr': '<i4', 'fortran_order': {fortran}, 'shape': ({count}, {steps}, {features}), }}", data));
            for (int i = 0; i < count; i++)
            {
                for (int t = 0; t < steps; t++)
                {
                    Assert.Equal(Enumerable.Range(0, features).Select(f => 100.0 * i + 10 * t + f), own.ValuesAt(i, t).ToArray());
                }
            }
        }, iter: 200, threads: 1);

    [Theory]
    [InlineData("<M8[ns]", "', dates. Expected numbers", "x.astype('<i8')")]
    [InlineData("|S8", "bytes", "x.astype('<f4')")]
    [InlineData(">i2", "'>i2'", "x.astype('<i2')")]
    [InlineData("<f16", "'<f16'", "x.astype('<f8')")]
    public void The_advice_is_that_of_the_kind_of_values(string type, params string[] parts) => AssertRefused(
        () => Read(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2, 3), }}", new byte[24])), parts);

    [Theory]
    [InlineData("<f8", "(2,)", "y.astype('<i8')")]
    [InlineData("|O", "(2,)", "y.astype(str)")]
    [InlineData(">U4", "(2,)", "y.astype(str)")]
    [InlineData(">i4", "(2,)", "y.astype('<i8')")]
    [InlineData("<i8", "(2, 1)", "shape [2, 1]. Expected [sequences]: one label each; save y.ravel().")]
    [InlineData("<i8", "(1, 2)", "save y.ravel()")]
    [InlineData("<i8", "(2, 5)", "save y.argmax(axis=1)")]
    public void The_advice_is_that_of_the_kind_of_labels(string type, string shape, string advice)
    {
        string labels = _folder.Write("y.npy", Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", new byte[80]));
        AssertRefused(() => OwnSequences.FromNpy(Saved("f4"), labels), "y.npy", advice);
    }

    [Fact]
    public void Whether_channels_come_first_is_asked_where_it_is_not_clear()
    {
        byte[] data = new byte[4 * 2 * 2 * 3];
        for (int k = 0; k < 12; k++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4 * k), k);
        }

        string wide = _folder.Write("wide.npy", Npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 2L, 3L), }", data));
        string tall = _folder.Write("tall.npy", Npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3, 2), }", data));

        AssertRefused(() => OwnSequences.FromNpy(wide), "shape [2, 2, 3]", "Say channelsFirst: false", "channelsFirst: true");
        OwnSequences first = OwnSequences.FromNpy(wide, channelsFirst: true);
        Assert.Equal((3, 2), (first.Steps, first.Features));
        Assert.Equal([2, 5], first.ValuesAt(0, 2));
        Assert.Equal([6, 9], first.ValuesAt(1, 0));
        Assert.Equal((2, 3), (OwnSequences.FromNpy(wide, channelsFirst: false).Steps, OwnSequences.FromNpy(wide, channelsFirst: false).Features));
        Assert.Equal((3, 2), (OwnSequences.FromNpy(tall).Steps, OwnSequences.FromNpy(tall).Features));
        Assert.Equal([8, 11], OwnSequences.FromNpy(wide, tokens: true, channelsFirst: true).LevelsAt(1, 2).ToArray());
        AssertRefused(() => OwnSequences.FromNpy(Saved("f4-2d"), channelsFirst: true), "Expected [sequences, channels, steps]");
    }

    private static byte[] Npy(string header, byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. text, .. data];
    }

    private OwnSequences Read(byte[] file) => OwnSequences.FromNpy(_folder.Write("any.npy", file), channelsFirst: false);

    private string Saved(string name)
    {
        using Stream stream = typeof(OwnSequencesNpyTests).Assembly.GetManifestResourceStream($"{name}.npy")!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return _folder.Write($"{name}.npy", content.ToArray());
    }

    private static void AssertRefused(Func<object> act, params string[] parts)
    {
        string message = Assert.Throws<UserException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
