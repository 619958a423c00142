using System.Buffers.Binary;
using System.Text;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training.Runs;
using TorchSharp;

namespace AuxLossRnn.Tests.Training;

/// <summary>A damaged file is answered with a sentence, whatever the damage.</summary>
public sealed class SafetensorsDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = Whole();
        Load(whole);
        Assert.All(Enumerable.Range(0, whole.Length), length => AssertRefused(whole[..length]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("{\"a\":7}")]
    [InlineData("{\"a\":{}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}")]
    [InlineData("{\"__metadata__\":7}")]
    [InlineData("{\"__metadata__\":null}")]
    [InlineData("{\"__metadata__\":{\"a\":7}}")]
    public void A_header_that_does_not_describe_tensors_is_refused(string header) => AssertRefused(File(header, 8));

    [Theory]
    [InlineData("F32", "[2]", "[0,4]")]
    [InlineData("F32", "[2]", "[4,12]")]
    [InlineData("F32", "[2]", "[8,0]")]
    [InlineData("F32", "[2]", "[-8,0]")]
    [InlineData("F32", "[2]", "[0]")]
    [InlineData("F32", "[2]", "[]")]
    [InlineData("F32", "[2]", "null")]
    [InlineData("F32", "[2]", "[0,9223372036854775807]")]
    [InlineData("F32", "[2]", "[0,\"8\"]")]
    [InlineData("F32", "[-2]", "[0,8]")]
    [InlineData("F32", "[-1,-2]", "[0,8]")]
    [InlineData("F32", "null", "[0,8]")]
    [InlineData("F32", "[2.5]", "[0,8]")]
    [InlineData("F32", "[9007199254740992]", "[0,8]")]
    [InlineData("F32", "[35184372088832]", "[0,8]")]
    [InlineData("F32", "[4294967296,4294967296]", "[0,0]")]
    [InlineData("F32", "[9223372036854775807,2,2]", "[0,8]")]
    [InlineData("F32", "[4611686018427387904]", "[0,0]")]
    [InlineData("F16", "[4]", "[0,8]")]
    [InlineData("", "[2]", "[0,8]")]
    public void A_tensor_that_does_not_fit_its_bytes_is_refused_before_any_is_made(string type, string shape, string offsets) =>
        AssertRefused(File($"{{\"a\":{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}", 8));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1_000_000UL)]
    public void A_header_longer_than_the_file_is_refused_without_memory_of_its_size(ulong length)
    {
        byte[] file = File("{}", 8);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000);
    }

    [Fact]
    public void A_type_that_is_not_kept_is_refused_when_saving() =>
        Assert.Contains("Int16", Assert.Throws<ArgumentException>(() =>
            Safetensors.Save(_folder["file"], [("a", torch.zeros(2, torch.ScalarType.Int16))], new Dictionary<string, string>())).Message);

    private static byte[] File(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    private byte[] Whole()
    {
        using var scope = torch.NewDisposeScope();
        Safetensors.Save(
            _folder["whole"], [("a", torch.ones(2, 3)), ("b", torch.ones(2, torch.ScalarType.Int64))],
            new Dictionary<string, string> { ["step"] = "3" });
        return System.IO.File.ReadAllBytes(_folder["whole"]);
    }

    private void AssertRefused(byte[] file) => Assert.Contains("safetensors", Assert.Throws<UserException>(() => Load(file)).Message);

    private void Load(byte[] file)
    {
        using var scope = torch.NewDisposeScope();
        System.IO.File.WriteAllBytes(_folder["damaged.safetensors"], file);
        Safetensors.Load(_folder["damaged.safetensors"]);
    }
}
