namespace Recount.Tests.Contracts;
public sealed class WriteVectors
{
    [Fact]
    public void Write()
    {
        File.WriteAllBytes(Documents.Path("vectors/intake-v1/closed"), FormatVectorTests.ClosedObject());
        var (open, closing) = FormatVectorTests.OpenObject();
        File.WriteAllBytes(Documents.Path("vectors/intake-v1/open"), open);
        File.WriteAllBytes(Documents.Path("vectors/intake-v1/open.close"), closing);
        File.WriteAllBytes(Documents.Path("vectors/recording-v1/part"), FormatVectorTests.SealedPart());
    }
}
